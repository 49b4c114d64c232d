import { describe, expect, it } from 'vitest';
import type { ChartName } from './generated-files.js';
import { CHART_CASES } from './matrix.js';
import { helm, render, type Values } from './testing/rendered.js';

/** What `helm install` prints when it is done. */
async function notesOf(chart: ChartName, values: Values): Promise<string> {
  const args = ['install', 'demo', `charts/${chart}`, '--dry-run=client', '--namespace=sys', '--output=json'];
  const release = JSON.parse(await helm([...args, '--values=-'], JSON.stringify(values))) as {
    info: { notes: string };
  };
  return release.info.notes;
}

/** The objects that the notes' commands name; a first run is not the chart's. */
const namedIn = (notes: string): string[] =>
  [...notes.matchAll(/--namespace (\S+) .*?([a-z]+)\/([a-z0-9-]+)/g)]
    .filter(([, , kind]) => kind !== 'agentrun')
    .map(([, namespace, kind, name]) => `${namespace} ${kind}/${name}`);

describe.each(CHART_CASES)('the notes of $chart with $what', ({ chart, values }) => {
  it('print commands for objects that there are, the test among them', async () => {
    const [notes, objects] = await Promise.all([notesOf(chart, values), render(chart, values)]);
    const made = objects.map(({ kind, metadata }) => `${metadata.namespace} ${kind.toLowerCase()}/${metadata.name}`);
    expect(namedIn(notes).length).toBeGreaterThan(0);
    for (const object of namedIn(notes)) expect(made).toContain(object);
    expect(notes).toContain('helm --namespace sys test demo\n');
    expect(notes).not.toMatch(/<no value>|%!|\{\{/);
  });
});

it.each<[ChartName, Values, string]>([
  ['sympozium', { watchNamespaces: ['*'] }, 'see networkPolicy.runs.namespaces'],
  ['sympozium', { drain: { enabled: false } }, 'delete all SympoziumInstances with servers'],
  ['sympozium-web-proxy', {}, 'It has no API key yet'],
  ['sympozium-web-proxy', { ingress: { enabled: true, hosts: ['a.example'] } }, 'http://a.example/v1'],
  ['sympozium-web-proxy', { ingress: { enabled: true, hosts: ['a.example'], tls: [{}] } }, 'https://a.example/v1'],
])('%s with %j says: %s', async (chart, values, said) => {
  expect(await notesOf(chart, values)).toContain(said);
});
