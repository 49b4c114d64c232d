import { ANNOTATION, type KubeObject } from '@sympozium/api';
import type { Clock } from '@sympozium/process';

/** So many applies of the same wish within the window are repairs; more of them are a fight. */
const MOST = 20;
const WINDOW_MS = 10 * 60_000;

interface Spent {
  readonly hash: string | undefined;
  readonly times: readonly number[];
}

/** Counts how often the same wish is applied to the same object, so that a fight with another controller ends. */
export class ApplyBudget {
  readonly #clock: Clock;
  /** By uid, the one that was applied longest ago first. */
  readonly #spent = new Map<string, Spent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the wish may be applied to this live object once more; counts it if so. */
  spend(live: KubeObject, wish: KubeObject): boolean {
    const now = this.#clock.now();
    this.#forget(now - WINDOW_MS);
    const uid = live.metadata.uid ?? '';
    const hash = wish.metadata.annotations?.[ANNOTATION.appliedHash];
    const known = this.#spent.get(uid);
    const times = known?.hash === hash ? known?.times.filter((time) => time > now - WINDOW_MS) : undefined;
    if (times && times.length >= MOST) return false;
    this.#spent.delete(uid);
    this.#spent.set(uid, { hash, times: [...(times ?? []), now] });
    return true;
  }

  #forget(before: number): void {
    for (const [uid, { times }] of this.#spent) {
      if ((times.at(-1) ?? 0) > before) return;
      this.#spent.delete(uid);
    }
  }
}
