import { POD } from '@sympozium/api';
import { pipeline } from 'node:stream/promises';
import { connect } from '../cluster.js';
import { newestPod, startedPod } from '../find-pod.js';
import { findRun } from '../find-run.js';
import type { ClusterOptions } from './options.js';

/** `sympozium logs RUN`: the agent’s own output, frames and all, as `kubectl logs` shows it. */
export async function logs(name: string, options: ClusterOptions & { follow?: boolean }): Promise<void> {
  const { namespace, follow = false } = options;
  const client = await connect(options);
  try {
    const run = await findRun(client, { namespace, name });
    const pod = await (follow ? startedPod(client, run) : newestPod(client, run));
    const stream = await client.logs({ namespace, name: pod }, { container: POD.agentContainer, follow });
    await pipeline(stream, process.stdout, { end: false });
  } finally {
    await client.close();
  }
}
