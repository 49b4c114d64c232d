import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CHARTS } from './generated-files.js';
import { render, root, type Values } from './testing/rendered.js';
import { readValues, type Value } from './values.js';

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const pathsOf = (values: readonly Value[]): string[] =>
  values.flatMap(({ path, fields }) => [path, ...(fields ? pathsOf(fields) : [])]);
const paths = Object.fromEntries(
  CHARTS.map((chart) => [chart, pathsOf(readValues(text(`charts/${chart}/values.yaml`)))]),
);

const guide = text('docs/charts.md');
const blocks = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml);
const chartOf = (values: Values) =>
  CHARTS.find((chart) => Object.keys(values).every((key) => paths[chart]?.includes(key)));

describe('docs/charts.md', () => {
  it.each(blocks)('shows values that a chart takes: %s', async (yaml) => {
    const values = parse(yaml) as Values;
    const chart = chartOf(values);
    if (!chart) throw new Error(`no chart has all of ${Object.keys(values).join()}`);
    expect((await render(chart, values)).length).toBeGreaterThan(5);
  });

  it('sets and names values that there are', () => {
    const known = new Set(Object.values(paths).flat());
    const set = [...guide.matchAll(/--set '?([\w.]+)=/g)].map(([, path = '']) => path);
    const named = [...guide.matchAll(/`([a-z][a-zA-Z]+(?:\.[a-zA-Z]+)+)`/g)].map(([, path = '']) => path);
    const values = named.filter((path) => [...known].some((one) => one.startsWith(`${path.split('.')[0]}.`)));
    expect(set.length + values.length).toBeGreaterThan(10);
    for (const path of [...set, ...values].map((one) => one.replace(/^(podSecurityContext)\..*$/, '$1')))
      expect(known).toContain(path);
  });
});
