import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReady, shellWord } from './report.js';

const inShell = (words: string): string =>
  execFileSync('/bin/sh', ['-c', `printf '%s' ${words}`], { encoding: 'utf8' });

describe('shellWord', () => {
  it('is read by a shell as exactly the text', () => {
    const text = fc.string({ unit: fc.constantFrom(...`a'"$\`\\ !#&|;<>()*?~\n{}=é`), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, (value) => {
        expect(inShell(shellWord(value))).toBe(value);
      }),
      { numRuns: 50 },
    );
  });
});

describe('renderReady', () => {
  const ready = {
    endpoint: 'http://127.0.0.1:8080/v1',
    apiKey: 'sk-abc',
    model: 'demo',
    kubeconfig: "/home/it's me/kubeconfig",
  };

  it('prints a curl line whose arguments arrive whole', () => {
    const line =
      renderReady(ready)
        .split('\n')
        .find((l) => l.trim().startsWith('curl')) ?? '';
    const args = execFileSync('/bin/sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${line}`], {
      encoding: 'utf8',
    }).split('\0');
    expect(args.slice(0, -2)).toEqual([
      '-N',
      'http://127.0.0.1:8080/v1/chat/completions',
      '-H',
      'Authorization: Bearer sk-abc',
      '-H',
      'content-type: application/json',
      '-d',
    ]);
    expect(JSON.parse(args.at(-2) ?? '')).toMatchObject({ model: 'demo', stream: true });
  });

  it('names a kubeconfig that the other commands would not find by themselves', () => {
    expect(renderReady(ready)).toContain(`sympozium run "Say hello" --kubeconfig '/home/it'\\''s me/kubeconfig'`);
  });
});
