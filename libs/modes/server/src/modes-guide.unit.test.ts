import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('docs/plugins/modes.md lists the rules of observeServer in their order', () => {
  const [, rules = ''] = /const RULES.*= \[(.*?)\];/s.exec(read('observe.ts')) ?? [];
  const sections = read('../../../../docs/plugins/modes.md').split(/^## /m);
  const section = sections.find((text) => text.startsWith('How `server` observes')) ?? '';
  const documented = [...section.matchAll(/^\| \d+ +\| `(\w+)`/gm)].map(([, rule]) => rule);
  expect(documented).toEqual([...(rules.match(/\w+/g) ?? []), 'serves']);
});
