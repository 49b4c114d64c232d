import { delay, type Clock, type Guardian, type Logger } from '@sympozium/process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContainerLog } from './container-log.js';
import { ContainerProcess, type ContainerEnd } from './container-process.js';
import { timestamp, type Terminated } from './pod.js';
import { NEVER, type ContainerFacts } from './pod-status.js';
import type { Launch } from './prepare-pod.js';
import { lastLogLines, readTerminationMessage } from './termination-message.js';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export interface ContainerRunnerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly guardian: Guardian;
  readonly launch: Launch;
  readonly policy: RestartPolicy;
  /** Nothing is started any more once it is aborted. */
  readonly stop: AbortSignal;
  /** Called at every change, `last` at the one after which nothing comes. */
  readonly onChange: (facts: ContainerFacts, last: boolean) => void;
}

/** The kubelet's: at once, then after 10 s, doubled up to five minutes; a run of ten minutes begins anew. */
const BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;
const STEADY_MS = 600_000;

/** Runs one container and, as its policy says, runs it again. */
export class ContainerRunner {
  readonly #options: ContainerRunnerOptions;
  #process: ContainerProcess | undefined;

  constructor(options: ContainerRunnerOptions) {
    this.#options = options;
  }

  /** The log that is written now. */
  get log(): ContainerLog | undefined {
    return this.#process?.log;
  }

  /** Runs it until it ends for good. */
  async run(): Promise<Terminated> {
    const { stop, clock, onChange } = this.#options;
    let lastTerminated: Terminated | undefined;
    for (let restartCount = 0, crashes = 0; ; restartCount++) {
      const before = { restartCount, ...(lastTerminated ? { lastTerminated } : {}) };
      const started = clock.now();
      const end = await this.#runOnce(before);
      const ended = { ...before, state: { terminated: end } };
      crashes = clock.now() - started < STEADY_MS ? crashes + 1 : 1;
      if (stop.aborted || !this.#again(end) || (await this.#backOff(end, crashes, restartCount))) {
        onChange(ended, true);
        return end;
      }
      lastTerminated = end;
    }
  }

  /** Asks its process to end; a second call can shorten the time that it has left. */
  stop(graceMs: number): void {
    this.#process?.stop(graceMs);
  }

  #again({ exitCode }: Terminated): boolean {
    const { policy } = this.#options;
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  /** Waits before the next start; true when it was stopped meanwhile. */
  async #backOff(end: Terminated, crashes: number, restartCount: number): Promise<boolean> {
    const { clock, stop, launch, onChange } = this.#options;
    if (crashes === 1) return false;
    const pause = Math.min(LONGEST_BACK_OFF_MS, BACK_OFF_MS * 2 ** Math.min(crashes - 2, 10));
    const message = `back-off ${pause / 1000}s restarting failed container=${launch.container.name}`;
    const state = { waiting: { reason: 'CrashLoopBackOff', message } };
    onChange({ state, lastTerminated: end, restartCount }, false);
    await delay(clock, pause, stop).catch(() => {}); // stopped: the signal says so
    return stop.aborted;
  }

  async #runOnce(before: Omit<ContainerFacts, 'state'>): Promise<Terminated> {
    const { clock, launch, onChange } = this.#options;
    const startedAt = timestamp(clock.now());
    writeFileSync(launch.terminationMessageFile, '', { mode: 0o600 }); // nothing of the run before
    const log = new ContainerLog(join(launch.folder, `${before.restartCount}.log`), this.#options);
    this.#process = new ContainerProcess(this.#options, launch, log);
    if (this.#process.started) onChange({ ...before, state: { running: { startedAt } } }, false);
    return this.#terminated(await this.#process.ended, startedAt, log.file);
  }

  async #terminated(end: ContainerEnd, startedAt: string, logFile: string): Promise<Terminated> {
    const finishedAt = timestamp(this.#options.clock.now());
    if (end.kind === 'not-started')
      return { exitCode: 128, reason: 'StartError', message: end.message, startedAt: NEVER, finishedAt };
    const message = await this.#message(end.exitCode, logFile);
    const reason = end.exitCode === 0 ? 'Completed' : 'Error';
    return { exitCode: end.exitCode, reason, ...(message === '' ? {} : { message }), startedAt, finishedAt };
  }

  async #message(exitCode: number, logFile: string): Promise<string> {
    const { container, terminationMessageFile } = this.#options.launch;
    const message = await readTerminationMessage(terminationMessageFile);
    const fallback = container.terminationMessagePolicy === 'FallbackToLogsOnError' && exitCode !== 0;
    return message === '' && fallback ? lastLogLines(logFile) : message;
  }
}
