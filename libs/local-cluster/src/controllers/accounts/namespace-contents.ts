import { Controller } from '@sympozium/controller';
import { isAlreadyExists, isNotFound, KubeError, type Informer } from '@sympozium/kube';
import type { Kind, KubeObject } from '@sympozium/api';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { CONFIG_MAP, NAMESPACE, SERVICE_ACCOUNT, type Namespace } from '../shared/kinds.js';

const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Sees to it that every namespace has its ServiceAccount `default` and the cluster's root certificate. */
export class NamespaceContents implements Runnable {
  readonly name = 'namespace-contents';
  readonly #context: ControllerContext;
  readonly #rootCa: string;
  readonly #controller: Controller;
  readonly #namespaces: Informer<Namespace>;
  readonly #accounts: Informer<KubeObject>;
  readonly #configMaps: Informer<KubeObject & { data?: Record<string, string> }>;

  constructor(context: ControllerContext, rootCa: string) {
    this.#context = context;
    this.#rootCa = rootCa;
    this.#namespaces = context.informers.of(NAMESPACE);
    this.#accounts = context.informers.of(SERVICE_ACCOUNT);
    this.#configMaps = context.informers.of(CONFIG_MAP);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 4, clock, random, log },
      reconcile: (namespace) => this.#reconcile(namespace),
    });
    this.#namespaces.onEvent(({ object }) => this.#controller.enqueue(object.metadata.name));
    const onContent =
      (name: string) =>
      (event: { object: KubeObject }): void => {
        const { metadata } = event.object;
        if (metadata.name === name) this.#controller.enqueue(metadata.namespace ?? '');
      };
    this.#accounts.onEvent(onContent('default'));
    this.#configMaps.onEvent(onContent(ROOT_CA));
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #reconcile(namespace: string): Promise<void> {
    const found = this.#namespaces.store.get(undefined, namespace);
    if (!found || found.status?.phase === 'Terminating' || found.metadata.deletionTimestamp !== undefined) return;
    if (!this.#accounts.store.get(namespace, 'default'))
      await this.#create(SERVICE_ACCOUNT, { metadata: { name: 'default', namespace } });
    const data = { 'ca.crt': this.#rootCa };
    const configMap = this.#configMaps.store.get(namespace, ROOT_CA);
    if (!configMap) {
      const annotations = { 'kubernetes.io/description': DESCRIPTION };
      await this.#create(CONFIG_MAP, { metadata: { name: ROOT_CA, namespace, annotations }, data });
    } else if (configMap.data?.['ca.crt'] !== this.#rootCa) {
      await this.#context.client.patch(
        CONFIG_MAP,
        { namespace, name: ROOT_CA },
        { type: 'merge', body: { data } },
        MANAGER,
      );
    }
  }

  /** The namespace may be going, or somebody else was first: both is fine. */
  async #create(kind: Kind, object: Omit<KubeObject, 'apiVersion' | 'kind'> & { data?: object }): Promise<void> {
    const { apiVersion, kind: name } = kind;
    try {
      await this.#context.client.create(kind, { ...object, apiVersion, kind: name }, MANAGER);
    } catch (error) {
      const going = error instanceof KubeError && error.status === 403 && error.message.includes('being terminated');
      if (!going && !isAlreadyExists(error) && !isNotFound(error)) throw error;
    }
  }
}
