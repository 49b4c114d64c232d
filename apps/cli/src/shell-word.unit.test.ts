import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.js';

const inShell = (words: string): string =>
  execFileSync('/bin/sh', ['-c', `printf '%s' ${words}`], { encoding: 'utf8' });

it('is read by a shell as exactly the text', () => {
  const text = fc.string({ unit: fc.constantFrom(...`a'"$\`\\ !#&|;<>()*?~\n{}=é`), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, (value) => {
      expect(inShell(shellWord(value))).toBe(value);
    }),
    { numRuns: 50 },
  );
});
