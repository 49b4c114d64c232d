import { shellWord } from './shell-word.js';

/** What it takes to call an instance's server. */
export interface Call {
  /** e.g. `http://127.0.0.1:8080`, without a path. */
  readonly origin: string;
  readonly apiKey: string;
  /** The instance's name, where the server speaks OpenAI's chat completions. */
  readonly model?: string;
}

/** A chat completion's call. */
export type ChatCall = Required<Call>;

/** A command that calls the server, with a streaming chat completion where it can; works as pasted into a shell. */
export function curlLine({ origin, apiKey, model }: Call): string {
  const key = `-H ${shellWord(`Authorization: Bearer ${apiKey}`)}`;
  if (model === undefined) return `curl ${shellWord(`${origin}/`)} ${key}`;
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello, agent' }] });
  const url = shellWord(`${origin}/v1/chat/completions`);
  return `curl -N ${url} ${key} -H 'content-type: application/json' -d ${shellWord(body)}`;
}

/** Address, key and curl line, for people; `before` stands before the curl line. */
export function renderCall(call: Call, before = 'Try it:'): string {
  const { origin, apiKey, model } = call;
  const facts =
    model === undefined
      ? [`endpoint  ${origin}`, `API key   ${apiKey}`]
      : [`endpoint  ${origin}/v1`, `API key   ${apiKey}`, `model     ${model}`];
  return `${facts.join('\n')}\n\n${before}\n  ${curlLine(call)}\n`;
}
