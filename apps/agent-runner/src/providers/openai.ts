import type { RunInput } from '@sympozium/run-protocol';
import OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { EnvHttpProxyAgent, fetch as undiciFetch, type Dispatcher } from 'undici';
import { eventsOf } from './openai-events.js';
import { modelFailure, unfinished, type FailedCall } from './openai-failure.js';
import { openaiRequest } from './openai-request.js';
import type { Provider, ProviderEvent } from './provider.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';
/** Of calls that were refused or never got through; a stream that broke is not begun again. */
const MAX_RETRIES = 2;
/** The run's own timeout ends a model that is silent, and nothing before it. */
const NO_TIMEOUT_MS = 2_147_483_647;
/** A shorter value would hide ordinary words. */
const MIN_SECRET = 8;

type Model = RunInput['model'];

/** Any OpenAI-compatible endpoint through the official client. */
export const openai: Provider = async function* (input, { settings: { modelKey: key }, signal }) {
  const { model } = input;
  const call = { where: whereOf(model), received: 0, hasKey: key !== undefined, secrets: secretsOf(model, key) };
  const dispatcher = connections(model);
  try {
    const request = openaiRequest(input) as unknown as ChatCompletionCreateParamsStreaming;
    const stream = await client(model, key, dispatcher).chat.completions.create(request, { signal });
    yield* answer(stream, call);
  } catch (error) {
    throw modelFailure(error, call);
  } finally {
    await dispatcher.destroy();
  }
};

async function* answer(
  stream: AsyncIterable<ChatCompletionChunk>,
  call: FailedCall & { received: number },
): AsyncGenerator<ProviderEvent> {
  let finished = false;
  for await (const chunk of stream) {
    for (const event of eventsOf(chunk)) {
      if (event.type === 'delta') call.received += event.text.length;
      if (event.type === 'finish') finished = true;
      yield event;
    }
  }
  if (!finished) throw unfinished(call);
}

function client(
  { baseURL = DEFAULT_BASE_URL, headers }: Model,
  key: string | undefined,
  dispatcher: Dispatcher,
): OpenAI {
  return new OpenAI({
    apiKey: key ?? 'none',
    baseURL,
    defaultHeaders: { ...(key === undefined && { authorization: null }), ...headers },
    maxRetries: MAX_RETRIES,
    timeout: NO_TIMEOUT_MS,
    // Node's own fetch ends a silent answer after 300 s and takes no dispatcher of another undici than its own.
    fetch: undiciFetch as unknown as typeof fetch,
    fetchOptions: { dispatcher: dispatcher as never },
    // What goes wrong is told once, in the result; the client would print whole messages.
    logLevel: 'off',
  });
}

/** `model.proxy`, else HTTPS_PROXY and HTTP_PROXY; NO_PROXY counts with both. */
const connections = ({ proxy }: Model): Dispatcher =>
  new EnvHttpProxyAgent({
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(proxy !== undefined && { httpProxy: proxy, httpsProxy: proxy }),
  });

function whereOf({ baseURL = DEFAULT_BASE_URL }: Model): string {
  const { origin, pathname } = new URL(baseURL);
  return `${origin}${pathname}`;
}

const secretsOf = ({ headers = {} }: Model, key = ''): readonly string[] =>
  [key, ...Object.values(headers)].filter((secret) => secret.length >= MIN_SECRET);
