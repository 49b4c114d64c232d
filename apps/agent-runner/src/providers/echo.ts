import type { Message } from '@sympozium/api';
import { delay } from '@sympozium/process';
import type { Provider } from './provider.js';

/** More pieces than this make a long answer slow without showing more. */
const MAX_PIECES = 1000;

/** Answers with the text of the last user message, word by word at the pace that is set; a token is a word. */
export const echo: Provider = async function* ({ messages }, { settings: { echoPaceMs }, clock, signal }) {
  const answer = textOf(messages.findLast((message) => message.role === 'user'));
  let said = 0;
  for (const text of pieces(answer)) {
    if (said++ > 0 && echoPaceMs > 0) await delay(clock, echoPaceMs, signal);
    yield { type: 'delta', text };
  }
  const inputTokens = messages.reduce((sum, message) => sum + words(textOf(message)).length, 0);
  const outputTokens = words(answer).length;
  yield { type: 'usage', usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } };
  yield { type: 'finish', reason: 'stop' };
};

const textOf = (message: Message | undefined): string =>
  (message?.content ?? []).map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');

const words = (text: string): readonly string[] => text.match(/\S+/gu) ?? [];

/** Each word with the space behind it; joined they are the text. */
function* pieces(text: string): Generator<string> {
  const all = text.match(/\S+\s*|\s+/gu) ?? [];
  const size = Math.max(1, Math.ceil(all.length / MAX_PIECES));
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size).join('');
}
