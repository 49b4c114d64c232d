import type { Random } from './random.js';

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Delay before retry `attempt` (0, 1, …): doubles up to the maximum, the upper half of it by chance. */
export function backoffMs({ initialMs, maxMs }: BackoffOptions, attempt: number, random: Random): number {
  const ceiling = Math.min(maxMs, initialMs * 2 ** Math.min(attempt, 30));
  return ceiling / 2 + (ceiling / 2) * random.float();
}
