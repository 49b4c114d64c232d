import { SympoziumError } from '@sympozium/api';
import { settle } from '@sympozium/process/testing';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from './ask.js';
import { Conversation } from './conversation.js';
import { talk } from './talk.js';

/** Plays the endpoint: each answer is a list of pieces, an error, or one that never ends. */
type Answer = readonly string[] | Error | 'endless';

let asked: (readonly Message[])[];
let answers: Answer[];
let conversation: Conversation;

beforeEach(() => {
  asked = [];
  answers = [];
  conversation = new Conversation(async function* (messages, signal) {
    asked.push(messages);
    const answer = answers.shift() ?? [];
    if (answer instanceof Error) throw answer;
    if (answer !== 'endless') return yield* answer;
    yield 'and so';
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  });
});

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });

/** A talk at a terminal: what is typed, and what stands on the screen. */
function terminal() {
  const input = new PassThrough();
  const output = new PassThrough().setEncoding('utf8');
  let screen = '';
  output.on('data', (text: string) => (screen += text));
  const ended = talk(conversation, { input, output });
  const shows = async (text: string): Promise<void> => {
    while (!screen.includes(text)) await settle();
  };
  return { type: (text: string) => input.write(text), shows, ended, screen: () => screen };
}

describe('chat', () => {
  it('asks line by line with all that was said before; Ctrl-D leaves', async () => {
    answers = [['He', 'llo'], ['Bye']];
    const { type, shows, ended } = terminal();
    type('hi\r');
    await shows('Hello\n');
    type('\r');
    type('bye\r');
    await shows('Bye\n');
    type('\x04');
    await ended;
    expect(asked).toEqual([[user('hi')], [user('hi'), assistant('Hello'), user('bye')]]);
  });

  it('cancels the answer with Ctrl-C, and what came of it counts as said', async () => {
    answers = ['endless', ['again']];
    const { type, shows, ended } = terminal();
    type('hi\r');
    await shows('and so');
    type('\x03');
    await shows('and so\n');
    type('go on\r');
    await shows('again\n');
    type('\x04');
    await ended;
    expect(asked[1]).toEqual([user('hi'), assistant('and so'), user('go on')]);
  });

  it('says at the prompt how to leave', async () => {
    const { type, shows, ended } = terminal();
    type('\x03');
    await shows('(Ctrl-D leaves)');
    type('\x04');
    await ended;
    expect(asked).toEqual([]);
  });

  it('tells an error as a sentence, and forgets the question that failed', async () => {
    answers = [new SympoziumError('run_failed', 'The run failed (ModelAuthFailed).'), ['fine']];
    const { type, shows, ended } = terminal();
    type('hi\r');
    await shows('! The run failed (ModelAuthFailed).\n');
    type('and now?\r');
    await shows('fine\n');
    type('\x04');
    await ended;
    expect(asked[1]).toEqual([user('and now?')]);
  });

  it('cancels the answer when the terminal goes away', async () => {
    answers = ['endless'];
    const { type, shows, ended } = terminal();
    type('hi\r');
    await shows('and so');
    type('\x04');
    await ended;
  });
});
