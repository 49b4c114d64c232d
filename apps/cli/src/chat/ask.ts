import { ERRORS, SympoziumError, type ErrorCode } from '@sympozium/api';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { ChatCall } from '../curl-line.js';

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A streaming chat completion: each piece of the answer as it comes. Throws what the endpoint says, as a sentence. */
export async function* ask(call: ChatCall, messages: readonly Message[], signal: AbortSignal): AsyncGenerator<string> {
  const body = await request(call, messages, signal);
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  try {
    for await (const { data } of events) {
      if (data === '[DONE]') return;
      const text = deltaOf(data);
      if (text) yield text;
    }
  } catch (error) {
    throw signal.aborted || error instanceof SympoziumError ? error : brokenOff(error);
  }
  throw brokenOff();
}

async function request(
  { origin, apiKey, model }: ChatCall,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  let response: Response;
  try {
    response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream: true, messages }),
      signal,
    });
  } catch (error) {
    throw signal.aborted ? error : unreachable(origin, error);
  }
  if (response.ok && response.body) return response.body;
  throw refusal(response.status, await response.text());
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly code?: string };
}

/** The endpoint's own words; what answers otherwise is most likely a gateway. */
function refusal(status: number, text: string): SympoziumError {
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    if (error?.message !== undefined) return saidBy(error);
  } catch {
    // no JSON: not our words
  }
  return new SympoziumError('ENDPOINT_UNREACHABLE', `the endpoint answered ${status}: ${text.trim().slice(0, 200)}`);
}

const saidBy = ({ message = '', code = '' }: NonNullable<ErrorBody['error']>): SympoziumError =>
  new SympoziumError(Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'run_failed', message);

function unreachable(origin: string, error: unknown): SympoziumError {
  const { message, cause } = error as Error;
  const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
  return new SympoziumError('ENDPOINT_UNREACHABLE', `${origin} cannot be reached (${why}).`, { cause: error });
}

const brokenOff = (cause?: unknown): SympoziumError =>
  new SympoziumError('ENDPOINT_UNREACHABLE', 'the answer broke off before its end; ask again.', { cause });

interface Chunk extends ErrorBody {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
}

function deltaOf(data: string): string | undefined {
  const chunk = JSON.parse(data) as Chunk;
  if (chunk.error) throw saidBy(chunk.error);
  return chunk.choices?.[0]?.delta?.content ?? undefined;
}
