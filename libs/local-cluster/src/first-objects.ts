import type { Runnable } from '@sympozium/process';
import type { ApiObject } from './api-object.js';
import type { User } from './auth/auth.js';
import { bootstrapRoles } from './auth/index.js';
import type { Resource, ResourceRegistry } from './resources/resource.js';
import type { ObjectApi, WriteParameters } from './rest/object-api.js';
import { keyOf } from './rest/store-key.js';
import type { RevisionStore } from './storage/index.js';

export interface FirstObjectsOptions {
  readonly api: ObjectApi;
  readonly registry: ResourceRegistry;
  readonly store: RevisionStore;
  /** Who makes them. */
  readonly user: User;
  /** ClusterIP of the Service `kubernetes`. */
  readonly address: string;
  /** Where the API server listens. */
  readonly port: () => number;
}

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Makes what a cluster begins with, where it is not there yet: roles, namespaces and the API's own Service. */
export class FirstObjects implements Runnable {
  readonly name = 'first objects';
  readonly #options: FirstObjectsOptions;

  constructor(options: FirstObjectsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { address, port } = this.#options;
    const first = [...bootstrapRoles(), ...NAMESPACES.map(namespaceNamed)];
    await Promise.all(first.map((object) => this.#ensure(object))); // one commit
    await this.#ensure(ownService(address, port()));
  }

  async stop(): Promise<void> {}

  async #ensure(object: ApiObject): Promise<void> {
    const { api, registry, store, user } = this.#options;
    const resource = resourceOf(registry, object);
    if (store.get(keyOf(resource, object.metadata))) return;
    const parameters: WriteParameters = {
      user,
      fieldManager: 'kube-apiserver',
      dryRun: false,
      fieldValidation: 'Strict',
      warn: () => {},
    };
    await api.create(resource, object.metadata.namespace, object, parameters);
  }
}

const namespaceNamed = (name: string): ApiObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const ownService = (clusterIP: string, targetPort: number): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: { clusterIP, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort }] },
});

function resourceOf(registry: ResourceRegistry, { apiVersion, kind }: ApiObject): Resource {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const resource = registry.findKind(group ?? '', version ?? '', kind);
  if (!resource) throw new Error(`${apiVersion} ${kind} is no kind of this server`);
  return resource;
}
