import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHARTS, type ChartName } from './generated-files.js';
import { CHART_CASES } from './matrix.js';
import { root, template, type Values } from './testing/rendered.js';
import { readValues, type Value } from './values.js';

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const leaves = (values: readonly Value[]): string[] =>
  values.flatMap(({ path, fields }) => (fields ? leaves(fields) : [path]));
const leavesOf = (chart: string): string[] => leaves(readValues(text(`charts/${chart}/values.yaml`)));

const has = (values: Values, [head = '', ...rest]: readonly string[]): boolean =>
  head in values && (rest.length === 0 || has(values[head] as Values, rest));

const without = (values: Values, [head = '', ...rest]: readonly string[]): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      if (key !== head) return [[key, value]];
      return rest.length === 0 ? [] : [[key, without(value as Values, rest)]];
    }),
  );

/** What each case renders as, or why it is refused. */
const rendered = new Map<string, Promise<string>>();
const outcome = (chart: ChartName, values: Values): Promise<string> => {
  const key = `${chart} ${JSON.stringify(values)}`;
  const known = rendered.get(key) ?? template(chart, values).catch(String);
  rendered.set(key, known);
  return known;
};

describe.each(CHARTS)('%s', (chart) => {
  const cases = CHART_CASES.filter((one) => one.chart === chart).map(({ values }) => values);

  it.each(leavesOf(chart))('renders something else by %s', async (path) => {
    const steps = path.split('.');
    const hasEffect = async (values: Values): Promise<boolean> =>
      (await outcome(chart, values)) !== (await outcome(chart, without(values, steps)));
    for (const values of cases.filter((one) => has(one, steps))) if (await hasEffect(values)) return;
    expect.fail(`no case in matrix.ts shows what ${path} does`);
  });
});

/** Settings that no value reaches, and why. */
const UNREACHED: Readonly<Record<string, string>> = {
  'sympozium LEADER_ELECTION': 'while one operator takes the place of another there are two',
  'sympozium HOST': 'every address, of the family that the Pod has',
  'sympozium PORT': 'the probes’ and the metrics’ port is the same everywhere',
  'sympozium-web-proxy SYMPOZIUM_INSTANCE': 'a web proxy for one instance is what the server mode makes',
  'sympozium-web-proxy SYMPOZIUM_KEYS_DIR': 'the Secret of keys is watched instead, so that they count at once',
  'sympozium-web-proxy HOST': 'every address, of the family that the Pod has',
  'sympozium-web-proxy PORT': 'the Service has the port that may be chosen',
  'sympozium-web-proxy STREAM_PORT': 'NetworkPolicies of all namespaces open this one',
  'sympozium-web-proxy STREAM_HOST': 'it is the Pod’s own address',
  'sympozium-web-proxy STREAM_URL': 'it is the Pod’s own address',
  'sympozium-web-proxy METRICS_PORT': 'the probes’ and the metrics’ port is the same everywhere',
};

describe.each([
  ['sympozium', 'operator'],
  ['sympozium-web-proxy', 'web-proxy'],
] as const)('%s', (chart, app) => {
  const settings = [...text(`apps/${app}/src/settings.ts`).matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);

  it(`sets each setting of the ${app}, unless there is a reason`, async () => {
    const cases = CHART_CASES.filter((one) => one.chart === chart);
    const texts = await Promise.all(cases.map(({ values }) => outcome(chart, values)));
    const set = new Set([...texts.join('\n').matchAll(/- name: ([A-Z_]+)$/gm)].map(([, name]) => name));
    const unreached = settings.filter((name) => !set.has(name)).map((name) => `${chart} ${name}`);
    const excused = Object.keys(UNREACHED).filter((name) => name.startsWith(`${chart} `));
    expect(settings.length).toBeGreaterThan(9);
    expect(unreached.sort()).toEqual(excused.sort());
  });
});
