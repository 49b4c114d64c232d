import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = ['.', 'docs', 'docs/plugins', 'docs/adr'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);

it.each(documents)('%s names only files that exist', (document) => {
  const text = read(document);
  const links = matches(text, /\]\((?![a-z]+:)([^)#]+)[^)]*\)/g).map((path) => join(dirname(document), path));
  const paths = matches(text, /`((?:apps(?!\/v1`)|charts|config|docs|examples|libs|tools)\/[\w./-]+)`/g);
  expect([...links, ...paths].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it.each(documents)('%s names only npm scripts that exist', (document) => {
  const named = matches(read(document), /npm run ([\w:-]+)/g);
  expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
});
