import { SYMPOZIUM_INSTANCE, type SympoziumInstance, type SympoziumInstanceStatus } from '@sympozium/api';
import { objectKey, type OwnWrites } from '@sympozium/controller';
import type { KubeClient } from '@sympozium/kube';
import type { Logger } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { mergePatch } from '../status/merge-patch.js';

export interface InstanceWriterDependencies {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly ownWrites: OwnWrites;
  readonly log: Logger;
}

/** The only writer of instances: of their status, and only over what the caches showed. */
export class InstanceWriter {
  readonly #dependencies: InstanceWriterDependencies;

  constructor(dependencies: InstanceWriterDependencies) {
    this.#dependencies = dependencies;
  }

  /** Writes what is new in a status; nothing when nothing is. */
  async writeStatus(instance: SympoziumInstance, status: SympoziumInstanceStatus): Promise<void> {
    const { client, cache, ownWrites, log } = this.#dependencies;
    const patch = mergePatch(instance.status ?? {}, status);
    if (!patch) return;
    const { namespace = '', name, resourceVersion } = instance.metadata;
    const written = await client.patch(
      SYMPOZIUM_INSTANCE,
      { namespace, name },
      { type: 'merge', body: { metadata: { resourceVersion }, status: patch } },
      { fieldManager: 'sympozium/host', subresource: 'status' },
    );
    const version = written.metadata.resourceVersion ?? '';
    ownWrites.record(objectKey(namespace, name), () => cache.instances.hasSeen(namespace, version));
    log.info({ instance: objectKey(namespace, name), fields: Object.keys(patch) }, 'instance status written');
  }
}
