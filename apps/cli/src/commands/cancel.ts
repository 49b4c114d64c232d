import { AGENT_RUN, isTerminal } from '@sympozium/api';
import { cancelRun } from '@sympozium/run-client';
import { connect } from '../cluster.js';
import { findRun } from '../find-run.js';
import type { ClusterOptions } from './options.js';

/** `sympozium cancel RUN`: asks for the end of a run; a finished one stays as it is. */
export async function cancel(name: string, options: ClusterOptions): Promise<void> {
  const client = await connect(options);
  try {
    const run = await findRun(client, { namespace: options.namespace, name });
    if (isTerminal(run.status.phase)) {
      process.stdout.write(`${AGENT_RUN.plural}/${name} has already ${run.status.phase.toLowerCase()}\n`);
      return;
    }
    await cancelRun(client, run);
    process.stdout.write(`${AGENT_RUN.plural}/${name} is being cancelled\n`);
  } finally {
    await client.close();
  }
}
