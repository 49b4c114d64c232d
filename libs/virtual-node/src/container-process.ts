import type { Clock, Guardian, Timer } from '@sympozium/process';
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import type { ContainerLog } from './container-log.js';
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

/** Runs before SIGTERM; to be given up when the signal says so. */
export type PreStop = (signal: AbortSignal) => Promise<unknown>;

/** What SIGTERM gets at least when a preStop hook has used up the grace, as with a kubelet. */
const AFTER_HOOK_MS = 2_000;
/** How long output may still come from a pipe that a process outside the group holds. */
const OUTPUT_MS = 500;

/** A running container: one process group with its log. Its end takes the whole group with it. */
export class ContainerProcess {
  readonly log: ContainerLog;
  /** Resolves when the group has ended and the log is complete. */
  readonly ended: Promise<ContainerEnd>;
  readonly #child: ChildProcess | undefined;
  readonly #dependencies: ContainerDependencies;
  #exited = false;
  #kill: { readonly at: number; readonly timer: Timer } | undefined;
  /** The preStop hook while it runs. */
  #hook: AbortController | undefined;

  constructor(dependencies: ContainerDependencies, command: ContainerCommand, log: ContainerLog) {
    this.#dependencies = dependencies;
    this.log = log;
    const started = start(command);
    if (started instanceof Error) {
      this.ended = this.#notStarted(startFailure(command, started));
      return;
    }
    this.#child = started;
    this.ended = this.#untilEnd(started, command);
    if (started.pid === undefined) return;
    dependencies.guardian.watch(started.pid);
    recordProcess(command.folder, started.pid);
  }

  /** False when there was nothing to start; `ended` says why. */
  get started(): boolean {
    return this.#child?.pid !== undefined;
  }

  /**
   * Asks the group to end, after the hook if there is one; kills it after the grace period, of which the hook is part.
   * Called again it can only shorten the time that is left.
   */
  stop(graceMs: number, preStop?: PreStop): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#exited) return;
    const at = this.#dependencies.clock.now() + graceMs;
    if (this.#kill && this.#kill.at <= at) return;
    const first = !this.#kill;
    this.#killAfter(graceMs, pid);
    if (graceMs <= 0) return killGroup(pid, 'SIGKILL');
    if (!first) return;
    if (preStop) void this.#terminateAfter(preStop, pid);
    else killGroup(pid, 'SIGTERM');
  }

  #killAfter(graceMs: number, pid: number): void {
    const { clock } = this.#dependencies;
    this.#kill?.timer.cancel();
    const timer = clock.after(graceMs, () => this.#graceIsOver(pid));
    this.#kill = { at: clock.now() + graceMs, timer };
  }

  /** A hook that still runs has had its time; what it delayed gets a little of its own. */
  #graceIsOver(pid: number): void {
    if (this.#hook) this.#hook.abort(new Error('the grace period is over'));
    else killGroup(pid, 'SIGKILL');
  }

  async #terminateAfter(preStop: PreStop, pid: number): Promise<void> {
    this.#hook = new AbortController();
    await preStop(this.#hook.signal);
    this.#hook = undefined;
    if (this.#exited || !this.#kill) return;
    killGroup(pid, 'SIGTERM');
    const left = this.#kill.at - this.#dependencies.clock.now();
    if (left < AFTER_HOOK_MS) this.#killAfter(AFTER_HOOK_MS, pid);
  }

  async #untilEnd(child: ChildProcess, command: ContainerCommand): Promise<ContainerEnd> {
    const { pid, stdout, stderr } = child;
    if (stdout) this.log.take(stdout, 'stdout');
    if (stderr) this.log.take(stderr, 'stderr');
    const pipes = [stdout, stderr].flatMap((pipe) => (pipe ? [pipe as Socket] : []));
    const closed = Promise.all(pipes.map(untilClosed));
    const end = await new Promise<number | Error>((resolve) => {
      child.once('error', resolve);
      child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)));
    });
    this.#exited = true;
    this.#kill?.timer.cancel();
    this.#hook?.abort(new Error('the container has ended'));
    if (end instanceof Error) return this.#notStarted(startFailure(command, end));
    if (pid !== undefined) killGroup(pid, 'SIGKILL'); // as in a container, nobody outlives the first process
    await this.#untilOutputEnds(pipes, closed);
    if (pid !== undefined) this.#dependencies.guardian.forget(pid);
    await this.log.end();
    return { kind: 'exited', exitCode: end };
  }

  async #notStarted(message: string): Promise<ContainerEnd> {
    this.log.note(message);
    await this.log.end();
    return { kind: 'not-started', message };
  }

  /** Reads all that the pipes hold; one that stays open and silent is held by somebody outside the group. */
  async #untilOutputEnds(pipes: readonly Socket[], closed: Promise<unknown>): Promise<void> {
    const silence = new Silence(pipes, this.#dependencies.clock);
    await closed;
    silence.end();
  }
}

const untilClosed = (pipe: Socket): Promise<void> => new Promise((resolve) => pipe.once('close', () => resolve()));

/** Closes pipes once nothing has come through them for a while. */
class Silence {
  readonly #pipes: readonly Socket[];
  readonly #clock: Clock;
  #timer: Timer;

  constructor(pipes: readonly Socket[], clock: Clock) {
    this.#pipes = pipes;
    this.#clock = clock;
    this.#timer = this.#arm();
  }

  end(): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    const before = this.#bytesRead();
    // A busy process runs a timer that is due before it has read: the immediate comes after the next reading.
    return this.#clock.after(OUTPUT_MS, () => setImmediate(() => this.#look(before)));
  }

  #look(before: number): void {
    const flows = this.#bytesRead() > before || this.#pipes.some((pipe) => pipe.isPaused());
    if (flows) this.#timer = this.#arm();
    else for (const pipe of this.#pipes) pipe.destroy();
  }

  #bytesRead(): number {
    return this.#pipes.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }
}

/** What cannot be started at all (no command, a NUL in a variable) throws; a missing file is told by an event. */
function start({ command: [file = '', ...args], workingFolder, environment }: ContainerCommand): ChildProcess | Error {
  try {
    return spawn(file, args, {
      cwd: workingFolder,
      env: Object.fromEntries(environment),
      detached: true, // a process group of its own
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return error as Error;
  }
}

/** A shell's convention, and the kubelet's: 128 + the signal's number. */
const exitCodeOf = (signal: NodeJS.Signals | null): number => 128 + (signal ? constants.signals[signal] : 0);

const START_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'executable file not found; correct the command of the container or of the image',
  EACCES: 'permission denied; make the file executable',
};

function startFailure({ command: [file] }: ContainerCommand, error: NodeJS.ErrnoException): string {
  if (!file) return 'no command specified; give the container one, or map its image to one with --image NAME=COMMAND';
  return `exec: "${file}": ${START_FAILURES[error.code ?? ''] ?? error.message}`;
}
