import type { Kind, KubeObject } from '@sympozium/api';
import type { Sympozium } from '@sympozium/integration';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile, type Figure } from '../figure.js';

const JOB: Kind<KubeObject> = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };

/** AgentRun created → Job created, both as a client of the API server sees them, runs coming at a steady rate. */
export async function jobCreation(system: Sympozium, n: number, perSecond: number): Promise<Figure[]> {
  const created = new Map<string, number>();
  const delays: number[] = [];
  const stop = new AbortController();
  const { resourceVersion } = await system.admin.list(JOB, { namespace: system.namespace });
  const events = system.admin.watch(JOB, { namespace: system.namespace, resourceVersion, signal: stop.signal });
  const watching = (async () => {
    for await (const event of events) {
      if (event.type !== 'ADDED') continue;
      const since = created.get(event.object.metadata.name);
      if (since !== undefined) delays.push(performance.now() - since);
      if (delays.length === n) return;
    }
  })();
  for (let i = 0; i < n; i += 1) {
    const name = `bench-job-${i}`;
    const next = pause(1000 / perSecond);
    await system.createRun(name);
    created.set(name, performance.now());
    await next;
  }
  await watching;
  stop.abort();
  const load = `${perSecond} bare runs a second, echo agent, virtual node`;
  return [
    {
      name: 'AgentRun created → Job created, p50',
      value: quantile(delays, 0.5),
      unit: 'ms',
      goal: { atMost: 10 },
      n,
      load,
    },
    {
      name: 'AgentRun created → Job created, p99',
      value: quantile(delays, 0.99),
      unit: 'ms',
      goal: { atMost: 50 },
      n,
      load,
    },
  ];
}
