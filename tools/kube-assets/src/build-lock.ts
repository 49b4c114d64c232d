import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { isAlive, readOwner } from '@sympozium/process';

type Pause = (ms: number, signal?: AbortSignal) => Promise<unknown>;

const ASK_AGAIN_MS = 1_000;
const pause: Pause = (ms, signal) => pauseFor(ms, undefined, signal ? { signal } : {});

/** A file that names the one process which builds. A lock whose process is gone is taken over. */
export class BuildLock {
  readonly #path: string;
  readonly #pause: Pause;

  constructor(path: string, wait: Pause = pause) {
    this.#path = path;
    this.#pause = wait;
  }

  /** Waits until the lock is ours; `onWait` is called once if that takes longer. */
  async acquire(onWait: () => void, signal?: AbortSignal): Promise<void> {
    mkdirSync(dirname(this.#path), { recursive: true });
    let told = false;
    while (!this.#take()) {
      if (!told) onWait();
      told = true;
      await this.#pause(ASK_AGAIN_MS, signal);
    }
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }

  #take(): boolean {
    try {
      writeFileSync(this.#path, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = readOwner(this.#path);
    if (owner === undefined || isAlive(owner)) return false;
    rmSync(this.#path, { force: true });
    return this.#take();
  }
}
