import { agentInput, AgentProcess, type AgentEnd, type AgentStart } from '@sympozium/run-protocol/testing';
import { decodeEnvelope, type Envelope, type ResultBody, type RunInput } from '@sympozium/run-protocol';
import { onTestFinished } from 'vitest';
import { ModelDouble, type Script } from './model-double.js';
import { RUNNER } from './runner.js';

export const KEY = 'sk-test-0123456789';

/** A model for one test. */
export async function startModel(script: Script): Promise<ModelDouble> {
  const model = await ModelDouble.start(script);
  onTestFinished(() => model.close());
  return model;
}

/** The reference agent for one test, with a key in its environment. */
export async function startRunner(
  input: RunInput,
  { env, ...start }: Omit<AgentStart, 'input'> & { readonly env?: Record<string, string> } = {},
): Promise<AgentProcess> {
  const agent = { command: RUNNER, env: { SYMPOZIUM_MODEL_KEY: KEY, ...env } };
  const process = await AgentProcess.start(agent, { input: JSON.stringify(input), ...start });
  onTestFinished(() => process.kill('SIGKILL'));
  return process;
}

/** Input for a run with this model. */
export const openaiInput = ({ baseURL }: { readonly baseURL: string }, more: Partial<RunInput> = {}): RunInput =>
  agentInput('Hello', { model: { provider: 'openai', name: 'gpt-test', baseURL }, ...more });

/** Both words about the end: they must agree, so tests look at either. */
export function outcome({ frames, message }: AgentEnd): { result: ResultBody; envelope: Envelope } {
  const result = frames.at(-1);
  const envelope = decodeEnvelope(message ?? '');
  if (result?.type !== 'result' || !envelope) throw new Error(`no result in ${JSON.stringify({ frames, message })}`);
  return { result, envelope };
}
