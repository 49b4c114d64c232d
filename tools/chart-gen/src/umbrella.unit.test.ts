import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CHARTS } from './generated-files.js';
import { helm, root, type Rendered } from './testing/rendered.js';

let folder = '';

/** Somebody's chart that has ours as parts, each under a condition. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sympozium-umbrella-'));
  const dependencies = CHARTS.map((name) => ({ name, version: '0.1.0', condition: `${name}.enabled` }));
  mkdirSync(join(folder, 'charts'));
  writeFileSync(
    join(folder, 'Chart.yaml'),
    JSON.stringify({ apiVersion: 'v2', name: 'platform', version: '1.2.3', dependencies }),
  );
  for (const name of CHARTS) cpSync(join(root, 'charts', name), join(folder, 'charts', name), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const render = async (release: string, values: object): Promise<Rendered[]> => {
  const text = await helm(['template', release, folder, '--namespace=sys', '--values=-'], JSON.stringify(values));
  return parseAllDocuments(text).map((document) => document.toJS() as Rendered);
};

it('our charts can be parts of another one, with its global values and its conditions', async () => {
  const values = { global: { registry: 'r' }, sympozium: { enabled: true }, 'sympozium-web-proxy': { enabled: false } };
  const objects = await render('demo', values);
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['demo-sympozium']);
  expect(deployments[0]?.metadata.labels).toMatchObject({ 'app.kubernetes.io/version': '0.1.0' });
});

it('both have names of their own, however long that of the release is', async () => {
  const names = (await render('r'.repeat(53), {})).map(
    ({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`,
  );
  expect(names.length).toBeGreaterThan(20);
  expect(new Set(names).size).toBe(names.length);
});
