import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { sentenceOf } from '../failure.js';
import type { Conversation } from './conversation.js';

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

const PROMPT = '> ';
const HINT = '(Ctrl-D leaves)';

/** Line by line until Ctrl-D. Ctrl-C cancels the answer that comes; an error is told, and the talk goes on. */
export async function talk(conversation: Conversation, { input, output }: Terminal): Promise<void> {
  const lines = createInterface({ input, output, terminal: true, prompt: PROMPT });
  let answering: AbortController | undefined;
  lines.on('SIGINT', () => {
    if (answering) return answering.abort();
    output.write(`${HINT}\n`);
    lines.prompt();
  });
  lines.once('close', () => answering?.abort());
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') {
      answering = new AbortController();
      await answer(conversation.say(line, answering.signal), output);
      answering = undefined;
    }
    lines.prompt();
  }
  output.write('\n');
}

async function answer(pieces: AsyncIterable<string>, output: Writable): Promise<void> {
  let last = '';
  try {
    for await (const piece of pieces) output.write((last = piece));
  } catch (error) {
    output.write(`${last === '' || last.endsWith('\n') ? '' : '\n'}! ${sentenceOf(error)}`);
    last = '';
  }
  if (!last.endsWith('\n')) output.write('\n');
}
