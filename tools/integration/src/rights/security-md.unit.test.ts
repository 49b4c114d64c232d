import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';

/** A link to a test file, and after it the titles of tests there, each in quotation marks. */
const PROOF = /\]\((\S+\.test\.ts)\)((?:[^“[]*“[^”]+”)+)/g;

const text = readFileSync(workspaceFile('SECURITY.md'), 'utf8').replaceAll(/\s+/g, ' ');
const proofs = [...text.matchAll(PROOF)].flatMap(([, file = '', titles = '']) =>
  [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
);

it('SECURITY.md names tests behind its promises', () => expect(proofs.length).toBeGreaterThan(20));

it.each(proofs)('$file has the test “$title”', ({ file, title }) => {
  expect(readFileSync(workspaceFile(file), 'utf8')).toContain(title);
});
