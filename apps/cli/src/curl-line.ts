import { shellWord } from './shell-word.js';

/** What it takes to call an instance. */
export interface Call {
  /** e.g. `http://127.0.0.1:8080`, without a path. */
  readonly origin: string;
  readonly apiKey: string;
  /** The instance's name. */
  readonly model: string;
}

/** A command that streams a chat completion; works as pasted into a shell. */
export function curlLine({ origin, apiKey, model }: Call): string {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello, agent' }] });
  const url = shellWord(`${origin}/v1/chat/completions`);
  const key = shellWord(`Authorization: Bearer ${apiKey}`);
  return `curl -N ${url} -H ${key} -H 'content-type: application/json' -d ${shellWord(body)}`;
}
