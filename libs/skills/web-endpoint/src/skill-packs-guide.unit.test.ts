import { readFileSync } from 'node:fs';
import type { SkillPackPlugin } from '@sympozium/plugin-sdk';
import { describeSkillPack } from '@sympozium/plugin-sdk/testing';
import { expect, it } from 'vitest';

/** docs/plugins/skill-packs.md shows the example as it is, and lists what is checked. */

const EXAMPLE = 'examples/third-party-skill-pack';
const pathOf = (path: string): URL => new URL(`../../../../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(pathOf(path), 'utf8').trim();
const example = (file: string): string => read(`${EXAMPLE}/${file}`);
const guide = read('docs/plugins/skill-packs.md');
const blocks = [...guide.matchAll(/^```\w+\n(.*?)\n```$/gms)].map(([, code = '']) => code);

const { default: greeter } = (await import(pathOf(`${EXAMPLE}/index.js`).href)) as { default: SkillPackPlugin };

describeSkillPack(greeter);

it('opens with the example that is packed, installed and served by the integration suite', () => {
  const [pack, manifest = '', plugins, instance] = blocks;
  expect([pack, plugins, instance]).toEqual(['index.js', 'plugins.yaml', 'instance.yaml'].map(example));
  expect(JSON.parse(example('package.json'))).toMatchObject(JSON.parse(manifest) as object);
});

it('lists every promise that the conformance kit checks', () => {
  const checks = read('libs/plugin-sdk/src/testing/skill-pack-checks.ts');
  const promises = [...checks.matchAll(/promise: '(.*?)'/g)].map(([, promise]) => promise);
  expect(promises.length).toBeGreaterThan(5);
  expect([...guide.matchAll(/^- …(.*)$/gm)].map(([, promise]) => promise)).toEqual(promises);
});

it('tells which names of packages are built in', () => {
  const offers = read('apps/operator/src/builtin-plugins.ts');
  const builtIn = [...offers.matchAll(/from: '(.*?)'/g)].map(([, name]) => name);
  expect(builtIn.length).toBeGreaterThan(1);
  expect([...guide.matchAll(/^\| `(@sympozium\/.*?)`/gm)].map(([, name]) => name)).toEqual(builtIn);
});
