import type { Kind, KubeObject } from '@sympozium/api';
import type { Sympozium } from '@sympozium/integration';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile, type Figure } from '../figure.js';

const JOB: Kind<KubeObject> = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };

const QUOTA: Kind<KubeObject> = { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true };

/** From now on no Pod starts in the namespace: what is measured there is the operator, not who runs the Pods. */
export async function refusePods(system: Sympozium): Promise<void> {
  const metadata = { name: 'no-pods', namespace: system.namespace };
  const quota = { apiVersion: QUOTA.apiVersion, kind: QUOTA.kind, metadata, spec: { hard: { pods: '0' } } };
  await system.admin.create(QUOTA, quota);
}

export interface RunRate {
  readonly n: number;
  readonly perSecond: number;
  /** What becomes of the runs' Pods. */
  readonly pods: string;
  /** Whether the goal is for this load. */
  readonly isGoal?: boolean;
}

/** AgentRun created → Job created, both as a client of the API server hears of them, runs coming at a steady rate. */
export async function jobCreation(system: Sympozium, { n, perSecond, pods, isGoal }: RunRate): Promise<Figure[]> {
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
    const name = `job-${i}`;
    const next = pause(1000 / perSecond);
    await system.createRun(name, { instanceRef: { name: 'idle' } });
    runAt.set(name, performance.now());
    await next;
  }
  await watching;
  stop.abort();
  // The Job's event may overtake the answer to the run's POST.
  const delays = [...runAt].map(([name, since]) => Math.max(0, (jobAt.get(name) ?? Infinity) - since));
  const load = `${perSecond} bare runs a second, ${pods}`;
  const figure = (name: string, q: number, atMost: number): Figure => ({
    name: `AgentRun created → Job created, ${name}`,
    value: quantile(delays, q),
    unit: 'ms',
    ...(isGoal && { goal: { atMost } }),
    n,
    load,
  });
  return [figure('p50', 0.5, 10), figure('p99', 0.99, 50)];
}
