import { durationMs, SympoziumError, type AgentRun, type SympoziumInstance } from '@sympozium/api';
import { RunSubmitter } from '@sympozium/run-client';
import { connect } from '../cluster.js';
import { findInstance } from '../find-instance.js';
import { followAnswer, printMade, runTools, type RunTools } from '../follow-answer.js';
import { nextSignal } from '../signals.js';
import type { ClusterOptions, OutputOptions } from './options.js';

export interface RunOptions extends ClusterOptions, OutputOptions {
  readonly instance?: string;
  readonly system?: string;
  readonly timeout?: string;
  readonly detach?: boolean;
}

/** `sympozium run TEXT`: makes a run and prints its answer as the agent gives it. */
export async function run(text: string, options: RunOptions): Promise<void> {
  checkArguments(text, options);
  const client = await connect(options);
  const ctrlC = nextSignal();
  try {
    await runTask(runTools(client, ctrlC.aborted), text, options);
  } finally {
    ctrlC.forget();
    await client.close();
  }
}

/** Makes the run, follows it, and cancels what the user no longer waits for. Throws the reason of a run that failed. */
export async function runTask(tools: RunTools, text: string, options: RunOptions): Promise<void> {
  const instance = await findInstance(tools.client, options.namespace, options.instance);
  const made = await submit(tools, instance, text, options);
  if (options.detach) printMade(tools, made, options);
  else await followAnswer(tools, made, options);
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
