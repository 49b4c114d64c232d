import type { Kind, KubeObject } from '@sympozium/api';
import type { Sympozium } from '@sympozium/integration';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile, type Figure } from '../figure.js';

const JOB: Kind<KubeObject> = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };

/** AgentRun created → Job created, both as a client of the API server hears of them, runs coming at a steady rate. */
export async function jobCreation(system: Sympozium, n: number, perSecond: number): Promise<Figure[]> {
  const runAt = new Map<string, number>();
  const jobAt = new Map<string, number>();
  const stop = new AbortController();
  const { resourceVersion } = await system.admin.list(JOB, { namespace: system.namespace });
  const events = system.admin.watch(JOB, { namespace: system.namespace, resourceVersion, signal: stop.signal });
  const watching = (async () => {
    for await (const event of events) {
      if (event.type !== 'ADDED') continue;
      jobAt.set(event.object.metadata.name, performance.now());
      if (jobAt.size === n) return;
    }
  })();
  for (let i = 0; i < n; i += 1) {
    const name = `bench-job-${i}`;
    const next = pause(1000 / perSecond);
    await system.createRun(name, { instanceRef: { name: 'idle' } });
    runAt.set(name, performance.now());
    await next;
  }
  await watching;
  stop.abort();
  // The Job's event may overtake the answer to the run's POST.
  const delays = [...runAt].map(([name, since]) => Math.max(0, (jobAt.get(name) ?? Infinity) - since));
  const load = `${perSecond} bare runs a second, Pods that do no work`;
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
