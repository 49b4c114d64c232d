import { expect, it } from 'vitest';
import type { ChartName } from './generated-files.js';
import { render, template, type Rendered, type Values } from './testing/rendered.js';

/** An object as the API server tells it from others. */
const title = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** What two releases both would make. */
async function shared(chart: ChartName, ...releases: readonly { values: Values; name: string; namespace: string }[]) {
  const [one = [], other = []] = await Promise.all(
    releases.map(async ({ values, name, namespace }) => (await render(chart, values, name, namespace)).map(title)),
  );
  return one.filter((object) => other.includes(object));
}

const EVERYTHING = { prePull: { enabled: true }, serviceMonitor: { enabled: true } };

it('two operators share nothing, even if namespace and name are the same when written together', async () => {
  expect(
    await shared(
      'sympozium',
      { name: 'a-sympozium', namespace: 'team', values: { ...EVERYTHING, watchNamespaces: ['x'] } },
      { name: 'sympozium', namespace: 'team-a', values: { ...EVERYTHING, watchNamespaces: ['y'] } },
    ),
  ).toEqual([]);
});

it('two operators of one namespace are in each other’s way, so that Helm refuses the second', async () => {
  expect(
    await shared(
      'sympozium',
      { name: 'a', namespace: 'sys', values: { watchNamespaces: ['x'] } },
      { name: 'b', namespace: 'sys', values: { watchNamespaces: ['y'] } },
    ),
  ).toEqual(['Role sys/sympozium-operator-system', 'RoleBinding sys/sympozium-operator-system']);
});

it('so are two that watch one namespace', async () => {
  expect(
    await shared(
      'sympozium',
      { name: 'a', namespace: 'sys-a', values: { watchNamespaces: ['x', 'y'] } },
      { name: 'a', namespace: 'sys-b', values: { watchNamespaces: ['y', 'z'] } },
    ),
  ).toEqual(['Role y/sympozium-operator', 'RoleBinding y/sympozium-operator']);
});

it('two web proxies of one namespace, of whatever names, share nothing', async () => {
  const names = ['x'.repeat(52), 'x'.repeat(53)];
  const releases = names.map((name) => ({ name, namespace: 'sys', values: { servedNamespace: 'x' } }));
  expect(await shared('sympozium-web-proxy', ...releases)).toEqual([]);
});

it.each<ChartName>(['sympozium', 'sympozium-web-proxy'])('%s is the same whenever it is rendered', async (chart) => {
  expect(await template(chart, {})).toBe(await template(chart, {}));
});
