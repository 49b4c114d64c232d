import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ERRORS } from '@sympozium/api';
import { expect, it } from 'vitest';
import { generatedFiles } from './generated-files.js';

const root = resolve(import.meta.dirname, '../../..');
const files = generatedFiles();

it.each([...files])('%s is what the schemas generate (else: npm run generate)', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

it('leaves no CRD of a kind that is gone', () => {
  const folder = 'charts/sympozium-crds/templates';
  const committed = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  expect(committed.sort()).toEqual([...files.keys()].filter((path) => path.startsWith(folder)).sort());
});

it('writes nothing that Helm would take for a template', () => {
  for (const text of files.values()) expect(text).not.toContain('{{');
});

it('documents every error once', () => {
  const rows = (files.get('docs/errors.md') ?? '').split('\n').map((line) => /^\| `(\w+)`/.exec(line)?.[1]);
  expect(rows.filter((code) => code !== undefined)).toEqual(Object.keys(ERRORS));
});

it('writes tables whose rows are all as wide as their head', () => {
  for (const name of ['docs/api.md', 'docs/errors.md']) {
    const tables = (files.get(name) ?? '')
      .trimEnd()
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables)
      expect(new Set(table.split('\n').map((row) => row.split(/(?<!\\)\|/).length)).size).toBe(1);
  }
});
