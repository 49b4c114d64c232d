import { expect, it } from 'vitest';
import { lastWords } from './last-words.js';

const line = (level: number, more: object): string => JSON.stringify({ level, ...more });

it('is the last error, by its own message', () => {
  const lines = [
    line(50, { msg: 'first' }),
    line(60, { msg: 'start failed', err: { message: 'the token is wrong' } }),
    line(30, { msg: 'stopping' }),
  ];
  expect(lastWords(lines)).toBe('the token is wrong');
});

it('is what was printed as plain text when no error was logged', () => {
  expect(lastWords([line(30, { msg: 'ready' }), 'operator: PORT is "x"', '{cut'])).toBe('operator: PORT is "x"\n{cut');
});

it('is nothing when nothing was wrong', () => expect(lastWords([line(30, { msg: 'ready' })])).toBe(''));
