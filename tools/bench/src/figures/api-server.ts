import type { Kind, KubeObject } from '@sympozium/api';
import type { Sympozium } from '@sympozium/integration';
import type { Figure } from '../figure.js';

const CONFIG_MAP: Kind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const LOAD = 'a client over TLS on the same cores';

/** What the API server itself costs: objects made one after another, many at a time, and listed. */
export async function apiServerAlone(system: Sympozium, n: number): Promise<Figure[]> {
  const { admin, namespace } = system;
  const create = async (index: number): Promise<void> => {
    const metadata = { name: `filler-${String(index).padStart(6, '0')}`, namespace };
    await admin.create(CONFIG_MAP, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata,
      data: { n: 'x'.repeat(500) },
    } as KubeObject);
  };
  const serial = Math.min(500, n);
  const one = await secondsOf(async () => {
    for (let index = 0; index < serial; index++) await create(index);
  });
  const many = await secondsOf(() => atATime(100, n - serial, (index) => create(serial + index)));
  const listed = await secondsOf(async () => {
    const { items } = await admin.list(CONFIG_MAP, { namespace });
    if (items.length < n) throw new Error(`${items.length} of ${n} objects were listed`);
  });
  return [
    {
      name: 'writes of one client, one after another',
      value: Math.round(serial / one),
      unit: '/s',
      n: serial,
      load: LOAD,
    },
    {
      name: 'writes of one client, 100 at a time',
      value: Math.round((n - serial) / many),
      unit: '/s',
      goal: { atLeast: 1_000 },
      n: n - serial,
      load: LOAD,
    },
    {
      name: `list of ${n} objects, to the last one parsed`,
      value: Math.round(listed * 1_000),
      unit: 'ms',
      goal: { atMost: 500 },
      n: 1,
      load: LOAD,
    },
  ];
}

async function atATime(width: number, count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: width }, work));
}

async function secondsOf(act: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await act();
  return (performance.now() - begun) / 1_000;
}
