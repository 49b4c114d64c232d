import { spawn, type ChildProcess } from 'node:child_process';
import type { Guardian } from '@sympozium/process';

/** A Node program that speaks for us on stdout and stderr; in a group of its own, so that a Ctrl-C reaches only us. */
export class Command {
  /** Its exit code; 1 when a signal ended it. Never rejects. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  #running = true;
  #asked = false;

  constructor(script: string, args: readonly string[], guardian: Guardian) {
    this.#child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const { pid } = this.#child;
    if (pid !== undefined) guardian.watch(pid);
    this.ended = new Promise<number>((resolve) => {
      this.#child.once('error', () => resolve(1));
      this.#child.once('exit', (code) => resolve(code ?? 1));
    }).finally(() => {
      this.#running = false;
      if (pid !== undefined) guardian.forget(pid);
    });
  }

  /** Asks it to end, once, and waits until it has. */
  async stop(): Promise<void> {
    if (this.#running && !this.#asked) this.#child.kill('SIGTERM'); // a second signal would cut its stop short
    this.#asked = true;
    await this.ended;
  }
}
