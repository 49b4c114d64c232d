import { isTerminal, LABEL, SympoziumError, type AgentRun } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { POD, type Pod } from '@sympozium/plugin-sdk/manifests';
import { setTimeout as pause } from 'node:timers/promises';
import { findRun } from './find-run.js';

const ASK_EVERY_MS = 250;

/** Name of the run’s newest Pod. Throws `RUN_NOT_FOUND` with the reason when there is none. */
export async function newestPod(client: KubeClient, run: AgentRun): Promise<string> {
  const pod = await findPod(client, run);
  if (pod) return pod.metadata.name;
  throw noPod(run);
}

/** The same, but waits until that Pod has started. */
export async function startedPod(
  client: KubeClient,
  run: AgentRun,
  wait: () => Promise<unknown> = () => pause(ASK_EVERY_MS),
): Promise<string> {
  const { name, namespace = 'default' } = run.metadata;
  for (;;) {
    const current = await findRun(client, { namespace, name }); // before the Pod: an ended run gets none later
    const pod = await findPod(client, run);
    if (pod && pod.status?.phase !== 'Pending') return pod.metadata.name;
    if (isTerminal(current.status.phase)) throw noPod(current);
    await wait();
  }
}

async function findPod(client: KubeClient, { metadata }: AgentRun): Promise<Pod | undefined> {
  const { items } = await client.list(POD, {
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labelSelector: `${LABEL.runUid}=${metadata.uid ?? ''}`,
  });
  const createdAt = (pod: Pod): string => pod.metadata.creationTimestamp ?? '';
  return items.sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1))[0];
}

function noPod({ metadata, status }: AgentRun): SympoziumError {
  const why = status.reason ? ` (${status.reason}: ${status.message ?? ''})` : '';
  return new SympoziumError(
    'RUN_NOT_FOUND',
    isTerminal(status.phase)
      ? `run ${metadata.name} has no Pod any more${why}; \`kubectl get arun ${metadata.name} -o yaml\` shows its result.`
      : `run ${metadata.name} has no Pod yet${why}; --follow waits for it.`,
  );
}
