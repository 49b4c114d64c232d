import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { SympoziumError } from '@sympozium/api';
import type { Guardian } from '@sympozium/process';

export interface ComponentOptions {
  /** For messages. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Takes everything that the process writes. */
  readonly logFile: string;
  readonly guardian: Guardian;
  /** What the user can do when it does not run. */
  readonly hint?: string;
}

const LAST_LINES = 8;

/** One program of a cluster as a process of its own group, so that a Ctrl-C does not reach it. */
export class Component {
  readonly name: string;
  /** How the process ended, once it has. */
  readonly ended: Promise<string>;
  readonly #logFile: string;
  readonly #hint: string;
  readonly #child: ChildProcess;
  #running = true;

  constructor({ name, command: [program, ...args], cwd, logFile, guardian, hint = '' }: ComponentOptions) {
    this.name = name;
    this.#logFile = logFile;
    this.#hint = hint;
    const log = openSync(logFile, 'a', 0o600);
    const env = { PATH: process.env['PATH'] ?? '' };
    this.#child = spawn(program, args, { cwd, env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    const { pid } = this.#child;
    if (pid !== undefined) guardian.watch(pid);
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }).then((how) => {
      this.#running = false;
      if (pid !== undefined) guardian.forget(pid);
      return String(how);
    });
  }

  /** What the process wrote last. */
  lastLines(): string {
    const text = existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
    return text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }

  /** The error that its end is to those who need it. */
  failure(how: string): SympoziumError {
    return new SympoziumError(
      'PROCESS_ENDED',
      `${this.name} ended (${how}). The last lines of its log ${this.#logFile}:\n${this.lastLines()}\n${this.#hint}`.trimEnd(),
    );
  }

  /** SIGTERM, and SIGKILL when that takes longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#running) return;
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(kill);
  }
}
