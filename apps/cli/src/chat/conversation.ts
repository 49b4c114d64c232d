import type { Message } from './ask.js';

/** Streams the answer to a conversation. */
export type Ask = (messages: readonly Message[], signal: AbortSignal) => AsyncIterable<string>;

/** What was said so far; every question goes out with all of it. */
export class Conversation {
  readonly #ask: Ask;
  #messages: readonly Message[] = [];

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /**
   * Asks, and yields the answer piece by piece. Of an answer that was cancelled, what came counts as said; a question
   * that failed or got nothing counts as never asked.
   */
  async *say(content: string, signal: AbortSignal): AsyncGenerator<string> {
    const asked: readonly Message[] = [...this.#messages, { role: 'user', content }];
    let answer = '';
    try {
      for await (const piece of this.#ask(asked, signal)) {
        answer += piece;
        yield piece;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (answer !== '') this.#messages = [...asked, { role: 'assistant', content: answer }];
  }
}
