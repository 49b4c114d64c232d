import {
  AGENT_RUN,
  durationMs,
  SympoziumError,
  type AgentRun,
  type SympoziumInstance,
  type Usage,
} from '@sympozium/api';
import { createInformer, type KubeClient } from '@sympozium/kube';
import { createLogger, systemClock, systemRandom, type Clock, type Logger, type Random } from '@sympozium/process';
import {
  cancelRun,
  followRun,
  InformerRunStatus,
  podLogFrames,
  RunSubmitter,
  type RunOutcome,
} from '@sympozium/run-client';
import { connect } from '../cluster.js';
import { nextSignal } from '../signals.js';
import { findInstance } from '../find-instance.js';
import type { ClusterOptions, OutputOptions } from './options.js';

export interface RunOptions extends ClusterOptions, OutputOptions {
  readonly instance?: string;
  readonly system?: string;
  readonly timeout?: string;
  readonly detach?: boolean;
}

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

/** `sympozium run TEXT`: makes a run and prints its answer as the agent gives it. */
export async function run(text: string, options: RunOptions): Promise<void> {
  checkArguments(text, options);
  const client = await connect(options);
  const ctrlC = nextSignal();
  const log = createLogger({ name: 'sympozium', level: 'silent' });
  const tools = { client, clock: systemClock, random: systemRandom, log, out: process.stdout, signal: ctrlC.aborted };
  try {
    await runTask(tools, text, options);
  } finally {
    ctrlC.forget();
    await client.close();
  }
}

/** Makes the run, follows it, and cancels what the user no longer waits for. Throws the reason of a run that failed. */
export async function runTask(tools: RunTools, text: string, options: RunOptions): Promise<void> {
  const instance = await findInstance(tools.client, options.namespace, options.instance);
  const made = await submit(tools, instance, text, options);
  if (options.detach) return printDetached(tools, made, options);
  let outcome: RunOutcome | undefined;
  try {
    outcome = await follow(tools, made, options);
  } finally {
    if (!outcome || isUnfinished(outcome)) await cancelRun(tools.client, made);
  }
  if (options.output === 'json') tools.out.write(`${JSON.stringify(summary(made, outcome))}\n`);
  if (!outcome.succeeded) throw new SympoziumError(outcome.reason, `run ${made.metadata.name}: ${outcome.message}`);
}

function checkArguments(text: string, { timeout }: RunOptions): void {
  if (text.trim() === '') throw new SympoziumError('USAGE', 'the task is empty. Say what the agent shall do.');
  try {
    if (timeout !== undefined) durationMs(timeout);
  } catch (error) {
    throw new SympoziumError('USAGE', `--timeout is ${(error as Error).message}.`, { cause: error });
  }
}

async function submit(
  tools: RunTools,
  instance: SympoziumInstance,
  text: string,
  { system, timeout }: RunOptions,
): Promise<AgentRun> {
  const { run: made } = await new RunSubmitter(tools).submit({
    instance,
    spec: {
      task: text,
      ...(system !== undefined && { systemPrompt: system }),
      ...(timeout !== undefined && { timeout }),
    },
  });
  return made;
}

/** Prints the pieces of the answer as they come, from the Pod's log, or at the end from what is stored. */
async function follow(tools: RunTools, made: AgentRun, { output }: RunOptions): Promise<RunOutcome> {
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

function printDetached({ out }: RunTools, { metadata: { name }, status }: AgentRun, { output }: RunOptions): void {
  out.write(output === 'json' ? `${JSON.stringify({ name, phase: status.phase })}\n` : `${name}\n`);
}

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
