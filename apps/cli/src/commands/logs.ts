import { isTerminal, LABEL, POD, SympoziumError, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { pipeline } from 'node:stream/promises';
import { connect } from '../cluster.js';
import { findRun } from '../find-run.js';
import type { ClusterOptions } from './options.js';

const PODS: Kind<KubeObject> = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

/** `sympozium logs RUN`: the agent’s own output, frames and all, as `kubectl logs` shows it. */
export async function logs(name: string, options: ClusterOptions & { follow?: boolean }): Promise<void> {
  const client = await connect(options);
  try {
    const run = await findRun(client, { namespace: options.namespace, name });
    const pod = await newestPod(client, run);
    const stream = await client.logs(
      { namespace: options.namespace, name: pod },
      { container: POD.agentContainer, follow: options.follow ?? false },
    );
    await pipeline(stream, process.stdout, { end: false });
  } finally {
    await client.close();
  }
}

async function newestPod(client: KubeClient, run: AgentRun): Promise<string> {
  const { items } = await client.list(PODS, {
    ...(run.metadata.namespace === undefined ? {} : { namespace: run.metadata.namespace }),
    labelSelector: `${LABEL.runUid}=${run.metadata.uid ?? ''}`,
  });
  items.sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
  const name = items[0]?.metadata.name;
  if (name !== undefined) return name;
  const why = run.status.reason === undefined ? '' : ` (${run.status.reason}: ${run.status.message ?? ''})`;
  throw new SympoziumError(
    'RUN_NOT_FOUND',
    isTerminal(run.status.phase)
      ? `run ${run.metadata.name} has no Pod any more; \`kubectl describe arun ${run.metadata.name}\` shows its result.`
      : `run ${run.metadata.name} has no Pod yet${why}; try again when it runs.`,
  );
}
