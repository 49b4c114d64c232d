import { AGENT_RUN, type AgentRun } from '@sympozium/api';
import { buildScheduledRun, randomRunName, SubmissionStamps } from '@sympozium/run-client';
import { connect } from '../cluster.js';
import { findInstance } from '../find-instance.js';
import { findSchedule, noSchedule, type ScheduleKey } from '../find-schedule.js';
import { followAnswer, printMade, runTools, type RunTools } from '../follow-answer.js';
import { nextSignal } from '../signals.js';
import type { ClusterOptions, OutputOptions } from './options.js';

export interface RunNowOptions extends ClusterOptions, OutputOptions {
  readonly follow?: boolean;
}

/** `sympozium schedule run-now SCHEDULE`: a run as its next tick would start, at once. */
export async function scheduleRunNow(name: string, options: RunNowOptions): Promise<void> {
  const client = await connect(options);
  const ctrlC = nextSignal();
  try {
    const tools = runTools(client, ctrlC.aborted);
    const made = await runNow(tools, { namespace: options.namespace, name });
    if (options.follow) return await followAnswer(tools, made, options);
    printMade(tools, made, options);
    if (options.output === 'text') process.stderr.write(`what it says: ${logsCommand(made)}\n`);
  } finally {
    ctrlC.forget();
    await client.close();
  }
}

/** Makes a run of the schedule, whether it is suspended or another one works. */
export async function runNow(
  { client, clock, random }: Pick<RunTools, 'client' | 'clock' | 'random'>,
  key: ScheduleKey,
): Promise<AgentRun> {
  const schedule = await findSchedule(client, key);
  if (schedule.metadata.deletionTimestamp !== undefined) throw noSchedule(key); // the run would go with it
  const instance = await findInstance(client, key.namespace, schedule.spec.instanceRef.name);
  const run = buildScheduledRun({
    schedule,
    instance,
    name: randomRunName(key.name, random),
    submittedAt: new SubmissionStamps(clock).next(),
  });
  return client.create(AGENT_RUN, run, { fieldManager: 'sympozium-cli' });
}

function logsCommand({ metadata: { name, namespace = 'default' } }: AgentRun): string {
  const where = namespace === 'default' ? '' : ` -n ${namespace}`;
  return `sympozium logs ${name} --follow${where}`;
}
