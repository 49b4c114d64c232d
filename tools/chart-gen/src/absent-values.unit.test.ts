import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHARTS } from './generated-files.js';
import { render, root, template, type Values } from './testing/rendered.js';
import { readValues, sectionSchema, type Value } from './values.js';

/** Everything that a value may switch on. */
const ON: Readonly<Record<string, Values>> = {
  sympozium: { prePull: { enabled: true }, serviceMonitor: { enabled: true } },
  'sympozium-web-proxy': {
    ...{ serviceMonitor: { enabled: true }, autoscaling: { enabled: true }, ingress: { enabled: true } },
    httpRoute: { enabled: true, parentRefs: [{ name: 'g' }] },
  },
};

const nameOf = (value: Value): string => value.path.split('.').at(-1) ?? '';
const requiredOf = (fields: readonly Value[]): readonly string[] =>
  (sectionSchema(fields)['required'] ?? []) as readonly string[];

/** `null` for every field that may be absent, section by section. */
function absent(fields: readonly Value[], kept: Values = {}): Values {
  const required = requiredOf(fields);
  return Object.fromEntries(
    fields.flatMap((value): [string, unknown][] => {
      const name = nameOf(value);
      if (value.fields) return [[name, absent(value.fields, kept[name] as Values | undefined)]];
      if (name in kept) return [[name, kept[name]]];
      return required.includes(name) ? [] : [[name, null]];
    }),
  );
}

describe.each(CHARTS)('values of %s that are null', (chart) => {
  const values = readValues(readFileSync(join(root, `charts/${chart}/values.yaml`), 'utf8'));

  it('are as good as the empty ones they replace', async () => {
    const objects = await render(chart, absent(values, ON[chart]));
    expect(objects.length).toBeGreaterThanOrEqual(15);
    expect(await template(chart, absent(values, ON[chart]))).not.toMatch(/<no value>|%!/);
  });

  it('are refused by name where the chart needs them', async () => {
    const required = requiredOf(values);
    expect(required).toEqual(expect.arrayContaining(['image', 'networkPolicy', 'replicas', 'logLevel']));
    const nothing = Object.fromEntries(required.map((name) => [name, null]));
    const refusal = await render(chart, nothing).then(() => '', String);
    for (const name of required) expect(refusal).toContain(`'${name}'`);
  });
});
