import { AGENT_ENV, SympoziumError } from '@sympozium/api';
import { PROTOCOL_VERSION, type RunInput } from '@sympozium/run-protocol';
import { readFile } from 'node:fs/promises';

/** What the agent is told. The operator wrote it from checked objects; a person may have, too. */
export async function readInput(file: string | undefined): Promise<RunInput> {
  if (file === undefined) throw failed(`${AGENT_ENV.input} is not set; it must name the run's input file`);
  const input = await readJson(file);
  if (!isObject(input) || input['v'] !== PROTOCOL_VERSION)
    throw failed(
      `${file} is not an input of protocol version ${PROTOCOL_VERSION}; use an agent image of the operator's version`,
    );
  if (!Array.isArray(input['messages']) || !isObject(input['model']) || typeof input['model']['provider'] !== 'string')
    throw failed(`${file} has no messages or no model.provider; see docs/agent-protocol.md`);
  return input as unknown as RunInput;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw failed(`the input ${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const failed = (message: string, cause?: unknown): SympoziumError =>
  new SympoziumError('AgentFailed', message, { cause });
