import type { KubeClient } from '@sympozium/kube';
import type { Clock } from '@sympozium/process';
import { MANAGER } from '../shared/manager.js';
import { hasEnded, POD, type Pod } from '../shared/pod.js';
import { timestamp } from '../shared/time.js';
import { unlessGone } from '../shared/unless-gone.js';

export interface Eviction {
  readonly reason: string;
  readonly message: string;
  /** Nobody will end the Pod: it counts as failed, and goes at once. */
  readonly forced: boolean;
}

/** Deletes a Pod, once its status says what for. */
export async function evict(client: KubeClient, clock: Clock, pod: Pod, eviction: Eviction): Promise<void> {
  const { namespace = '', name, uid = '', generation } = pod.metadata;
  const { reason, message, forced } = eviction;
  if (!forced || !hasEnded(pod)) {
    const condition = {
      ...{ type: 'DisruptionTarget', status: 'True', reason, message },
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      lastTransitionTime: timestamp(clock),
    };
    const status = { conditions: [condition], ...(forced ? { phase: 'Failed' } : {}) };
    const patch = { type: 'strategic', body: { metadata: { uid }, status } } as const;
    await unlessGone(client.patch(POD, { namespace, name }, patch, { ...MANAGER, subresource: 'status' }));
  }
  await unlessGone(client.delete(POD, { namespace, name }, { uid, ...(forced ? { gracePeriodSeconds: 0 } : {}) }));
}
