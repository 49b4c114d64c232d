import type { Metrics } from '@sympozium/process';

type Outcome = 'done' | 'failed' | 'stale';

/** What a controller tells of itself. */
export interface ControllerMetrics {
  depth(keys: number): void;
  /** `stale`: the key was put back because its own last write was not yet in the cache. */
  reconciled(outcome: Outcome, ms: number): void;
  retried(): void;
}

/** Figures of the controller `name`; without `metrics` they go nowhere. */
export function controllerMetrics(name: string, metrics: Metrics | undefined): ControllerMetrics {
  if (!metrics) return { depth: () => undefined, reconciled: () => undefined, retried: () => undefined };
  const labels = { controller: name };
  const depth = metrics.gauge('sympozium_controller_queue_depth', 'Keys that are due and wait for a worker.', [
    'controller',
  ]);
  const total = metrics.counter('sympozium_controller_reconciles_total', 'Reconciles by outcome.', [
    'controller',
    'outcome',
  ]);
  const seconds = metrics.histogram('sympozium_controller_reconcile_seconds', 'Time that a reconcile took.', [
    'controller',
  ]);
  const retries = metrics.counter('sympozium_controller_retries_total', 'Keys put back after a failure.', [
    'controller',
  ]);
  return {
    depth: (keys) => depth.set(labels, keys),
    reconciled: (outcome, ms) => {
      total.inc({ ...labels, outcome });
      if (outcome !== 'stale') seconds.observe(labels, ms / 1000);
    },
    retried: () => retries.inc(labels),
  };
}
