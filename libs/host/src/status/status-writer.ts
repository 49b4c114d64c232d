import type { KubeObject } from '@sympozium/api';
import { keyOf, type OwnWrites } from '@sympozium/controller';
import type { KubeClient } from '@sympozium/kube';
import type { Logger } from '@sympozium/process';
import type { KindCache } from '../cluster/kind-cache.js';
import { mergePatch } from './merge-patch.js';

type WithStatus = KubeObject & { readonly status?: object };

export interface StatusWriterOptions<T extends WithStatus> {
  readonly client: KubeClient;
  readonly cache: Pick<KindCache<T>, 'kind' | 'hasSeen'>;
  readonly fieldManager: string;
  readonly ownWrites: OwnWrites;
  readonly log: Logger;
}

/** The only writer of a kind's status, and only over what the cache showed. */
export class StatusWriter<T extends WithStatus> {
  readonly #options: StatusWriterOptions<T>;

  constructor(options: StatusWriterOptions<T>) {
    this.#options = options;
  }

  /** Writes what is new in a status; nothing when nothing is. */
  async write(object: T, status: NonNullable<T['status']>): Promise<void> {
    const { client, cache, fieldManager, ownWrites, log } = this.#options;
    const patch = mergePatch(object.status ?? {}, status);
    if (!patch) return;
    const { namespace = '', name, resourceVersion } = object.metadata;
    const key = keyOf(object);
    const written = await client.patch(
      cache.kind,
      { namespace, name },
      { type: 'merge', body: { metadata: { resourceVersion }, status: patch } },
      { fieldManager, subresource: 'status' },
    );
    const version = written.metadata.resourceVersion ?? '';
    ownWrites.record(key, () => cache.hasSeen(namespace, version));
    log.info({ kind: cache.kind.kind, object: key, fields: Object.keys(patch) }, 'status written');
  }
}
