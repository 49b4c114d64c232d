import { isNotFound, type KubeClient } from '@sympozium/kube';
import { MANAGER } from '../shared/manager.js';
import { POD, type Pod } from '../shared/pod.js';
import { TRACKING } from './job.js';

/** Takes the Job's finalizer off a Pod; undefined if there is none any more. */
export async function releasePod(client: KubeClient, pod: Pod): Promise<Pod | undefined> {
  const { namespace = '', name, uid, finalizers = [] } = pod.metadata;
  const index = finalizers.indexOf(TRACKING);
  if (index === -1) return undefined;
  const path = `/metadata/finalizers/${index}`;
  const body = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path, value: TRACKING }, // the list may have changed
    { op: 'remove', path },
  ];
  try {
    return await client.patch(POD, { namespace, name }, { type: 'json', body }, MANAGER);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
