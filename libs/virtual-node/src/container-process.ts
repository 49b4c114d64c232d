import type { Clock, Timer } from '@sympozium/process';
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { ContainerLog } from './container-log.js';
import type { Guardian } from './guardian.js';
import { killGroup, recordProcess } from './process-record.js';

export interface ContainerCommand {
  readonly command: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly workingFolder: string;
  /** Holds the container's log and the record of its process. */
  readonly folder: string;
}

export interface ContainerDependencies {
  readonly clock: Clock;
  readonly guardian: Guardian;
}

export type ContainerEnd =
  { readonly kind: 'exited'; readonly exitCode: number } | { readonly kind: 'not-started'; readonly message: string };

/** How long output may still come from a pipe that a process outside the group holds. */
const OUTPUT_MS = 500;

/** A running container: one process group with its log. Its end takes the whole group with it. */
export class ContainerProcess {
  readonly log: ContainerLog;
  /** Resolves when the group has ended and the log is complete. */
  readonly ended: Promise<ContainerEnd>;
  readonly #child: ChildProcess;
  readonly #dependencies: ContainerDependencies;
  #exited = false;
  #kill: Timer | undefined;

  constructor(dependencies: ContainerDependencies, options: ContainerCommand, log: ContainerLog) {
    this.#dependencies = dependencies;
    this.log = log;
    const [file = '', ...args] = options.command;
    this.#child = spawn(file, args, {
      cwd: options.workingFolder,
      env: Object.fromEntries(options.environment),
      detached: true, // a process group of its own
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid, stdout, stderr } = this.#child;
    if (stdout) log.take(stdout, 'stdout');
    if (stderr) log.take(stderr, 'stderr');
    this.ended = this.#untilEnd(file);
    if (pid === undefined) return;
    dependencies.guardian.watch(pid);
    recordProcess(options.folder, pid);
  }

  /** False when there was nothing to start; `ended` says why. */
  get started(): boolean {
    return this.#child.pid !== undefined;
  }

  /** Asks the group to end; kills it after the grace period. A second call with less grace shortens it. */
  stop(graceMs: number): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#exited) return;
    if (graceMs <= 0) return killGroup(pid, 'SIGKILL');
    if (!this.#kill) killGroup(pid, 'SIGTERM');
    this.#kill?.cancel();
    this.#kill = this.#dependencies.clock.after(graceMs, () => killGroup(pid, 'SIGKILL'));
  }

  async #untilEnd(file: string): Promise<ContainerEnd> {
    const end = await new Promise<ContainerEnd>((resolve) => {
      this.#child.once('error', (error) => resolve({ kind: 'not-started', message: startFailure(file, error) }));
      this.#child.once('exit', (code, signal) => resolve({ kind: 'exited', exitCode: code ?? exitCodeOf(signal) }));
    });
    this.#exited = true;
    this.#kill?.cancel();
    const { pid } = this.#child;
    if (pid !== undefined) killGroup(pid, 'SIGKILL'); // as in a container, nobody outlives the first process
    if (end.kind === 'exited') await this.#untilOutputEnds();
    else this.log.note(end.message);
    if (pid !== undefined) this.#dependencies.guardian.forget(pid);
    await this.log.end();
    return end;
  }

  async #untilOutputEnds(): Promise<void> {
    const open = [this.#child.stdout, this.#child.stderr].filter((stream) => stream && !stream.closed);
    await new Promise<void>((resolve) => {
      let left = open.length;
      if (left === 0) return resolve();
      const timer = this.#dependencies.clock.after(OUTPUT_MS, () => open.forEach((stream) => stream?.destroy()));
      for (const stream of open)
        stream?.once('close', () => {
          left -= 1;
          if (left > 0) return;
          timer.cancel();
          resolve();
        });
    });
  }
}

/** A shell's convention, and the kubelet's: 128 + the signal's number. */
const exitCodeOf = (signal: NodeJS.Signals | null): number => 128 + (signal ? constants.signals[signal] : 0);

function startFailure(file: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `exec: "${file}": executable file not found; correct the container's command`;
  if (error.code === 'EACCES') return `exec: "${file}": permission denied; make the file executable`;
  return `exec: "${file}": ${error.message}`;
}
