import { ERRORS } from '@sympozium/api';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('docs/plugins/modes.md lists every reason of RouteAccepted', () => {
  const sources = ['acceptance.ts', 'route.ts', 'wish.ts'].map(read).join();
  const faults = [...sources.matchAll(/'(\w+)'/g)].flatMap(([, word = '']) => (word in ERRORS ? [word] : []));
  const sections = read('../../../../docs/plugins/modes.md').split(/^## /m);
  const section = sections.find((text) => text.startsWith('What `gateway` says')) ?? '';
  const documented = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, reason]) => reason);
  expect(faults.length).toBeGreaterThan(5);
  expect(new Set(documented)).toEqual(new Set([...faults, 'Waiting', 'Accepted']));
});
