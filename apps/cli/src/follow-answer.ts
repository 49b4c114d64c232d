import { AGENT_RUN, SympoziumError, type AgentRun, type Usage } from '@sympozium/api';
import { createInformer, type KubeClient } from '@sympozium/kube';
import { createLogger, systemClock, systemRandom, type Clock, type Logger, type Random } from '@sympozium/process';
import { cancelRun, followRun, InformerRunStatus, podLogFrames, type RunOutcome } from '@sympozium/run-client';
import type { OutputOptions } from './commands/options.js';

/** What a run needs of the world. */
export interface RunTools {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the answer goes. */
  readonly out: { write(text: string): void };
  /** The user wants no more. */
  readonly signal: AbortSignal;
}

/** Those of a command on this machine. */
export const runTools = (client: KubeClient, signal: AbortSignal): RunTools => ({
  client,
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ name: 'sympozium', level: 'silent' }),
  out: process.stdout,
  signal,
});

/** Prints a run's answer as the agent gives it, and cancels what the user no longer waits for. Throws the reason of a run that failed. */
export async function followAnswer(tools: RunTools, made: AgentRun, options: OutputOptions): Promise<void> {
  let outcome: RunOutcome | undefined;
  try {
    outcome = await follow(tools, made, options);
  } finally {
    if (!outcome || isUnfinished(outcome)) await cancelRun(tools.client, made);
  }
  if (options.output === 'json') tools.out.write(`${JSON.stringify(summary(made, outcome))}\n`);
  if (!outcome.succeeded) throw new SympoziumError(outcome.reason, `run ${made.metadata.name}: ${outcome.message}`);
}

/** Prints the name of a run that nobody follows. */
export function printMade({ out }: Pick<RunTools, 'out'>, made: AgentRun, { output }: OutputOptions): void {
  const { name } = made.metadata;
  out.write(output === 'json' ? `${JSON.stringify({ name, phase: made.status.phase })}\n` : `${name}\n`);
}

/** Prints the pieces of the answer as they come, from the Pod's log, or at the end from what is stored. */
async function follow(tools: RunTools, made: AgentRun, { output }: OutputOptions): Promise<RunOutcome> {
  const { signal, out } = tools;
  const { name, namespace } = made.metadata;
  const informer = createInformer(tools, {
    kind: AGENT_RUN,
    ...(namespace !== undefined && { namespace }),
    fieldSelector: `metadata.name=${name}`,
  });
  const status = new InformerRunStatus(informer, tools);
  informer.start().catch(() => {}); // the answer came before the cache had synced
  const frames = (until: AbortSignal) => podLogFrames(tools, made, until);
  let last = '\n';
  try {
    for await (const update of followRun({ ...tools, run: made, status, frames, relay: output === 'text', signal })) {
      if (update.type === 'delta') out.write((last = update.text));
      if (update.type === 'ended') return update.outcome;
    }
    throw new Error('the run was followed to no end');
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new SympoziumError('Cancelled', `run ${name} was cancelled.`, { cause: error });
  } finally {
    if (!last.endsWith('\n')) out.write('\n');
    await informer.stop();
  }
}

const isUnfinished = (outcome: RunOutcome): boolean => !outcome.succeeded && outcome.unfinished === true;

/** What `--output json` prints of a run that is over. */
interface RunSummary {
  readonly name: string;
  readonly phase: 'Succeeded' | 'Failed';
  readonly text?: string;
  readonly usage?: Usage;
  readonly reason?: string;
  readonly message?: string;
}

function summary({ metadata: { name } }: AgentRun, outcome: RunOutcome): RunSummary {
  if (!outcome.succeeded) return { name, phase: 'Failed', reason: outcome.reason, message: outcome.message };
  const { text, usage } = outcome.answer;
  return { name, phase: 'Succeeded', text, ...(usage && { usage }) };
}
