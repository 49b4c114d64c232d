import { describe, expect, it } from 'vitest';
import { errorSentence } from './error-sentence.js';

describe('errorSentence', () => {
  it('says what happened and what to do', () => {
    expect(errorSentence('Cancelled')).toBe('The run was cancelled. Start it again if it is still wanted.');
  });

  it('puts the case at hand between, with one full stop', () => {
    expect(errorSentence('Cancelled', 'by its caller.')).toBe(
      'The run was cancelled: by its caller. Start it again if it is still wanted.',
    );
  });

  it('cuts a detail that is longer than a message needs, without halving a character', () => {
    expect(errorSentence('Cancelled', '😀'.repeat(2000))).toContain(`${'😀'.repeat(1024)}…`);
  });

  it('stays on one line and valid, whatever the detail', () => {
    const text = errorSentence('Cancelled', 'a\n\tb\u0000c \ud83d:\n');
    expect(text).toBe('The run was cancelled: a b c \ufffd. Start it again if it is still wanted.');
  });
});
