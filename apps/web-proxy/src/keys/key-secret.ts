import type { Kind, KubeObject } from '@sympozium/api';
import { createInformer, type Informer, type InformerDependencies, type InformerEvent } from '@sympozium/kube';
import type { Logger } from '@sympozium/process';
import type { NamedText } from './api-key.js';
import type { KeyRing } from './key-ring.js';
import type { KeySource } from './key-source.js';
import { LoadedKeys } from './loaded-keys.js';

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/ */
export interface Secret extends KubeObject {
  /** Base64 by entry name. */
  readonly data?: Readonly<Record<string, string>>;
}

export const SECRET: Kind<Secret> = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };

/** The API keys of one Secret, followed by a watch on nothing but that Secret. */
export class KeySecret implements KeySource {
  readonly name = 'key Secret';
  readonly #secret: string;
  readonly #informer: Informer<Secret>;
  readonly #keys: LoadedKeys;
  readonly #log: Logger;

  constructor(secret: { readonly namespace: string; readonly name: string }, dependencies: InformerDependencies) {
    const { namespace, name } = secret;
    this.#secret = name;
    this.#log = dependencies.log;
    this.#keys = new LoadedKeys(`Secret ${name}`, dependencies);
    this.#informer = createInformer(dependencies, {
      kind: SECRET,
      namespace,
      // With it the right to this one name is enough to list and watch.
      fieldSelector: `metadata.name=${name}`,
      trim: withoutMetadata,
    });
    this.#informer.onEvent((event) => this.#take(event));
  }

  get ring(): KeyRing {
    return this.#keys.ring;
  }

  async start(): Promise<void> {
    await this.#informer.start();
    if (this.#informer.store.list().length > 0) return;
    this.#log.error({ secret: this.#secret }, 'the Secret of the API keys does not exist: every request is refused');
  }

  async stop(): Promise<void> {
    await this.#informer.stop();
  }

  /** A Secret that is deleted leaves its keys: whoever made it makes it again, and until then nobody is turned away. */
  #take({ type, object }: InformerEvent<Secret>): void {
    if (type !== 'deleted') this.#keys.load(entriesOf(object));
    else this.#log.warn({ secret: this.#secret }, 'the Secret of the API keys was deleted: its keys go on counting');
  }
}

const entriesOf = ({ data = {} }: Secret): NamedText[] =>
  Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString('utf8')]);

/** An annotation of `kubectl apply` would hold the keys once more. */
const withoutMetadata = ({ metadata, ...secret }: Secret): Secret => {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...secret,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
  };
};
