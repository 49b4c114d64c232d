import { delay, type Clock, type Guardian, type Logger } from '@sympozium/process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContainerLog } from './container-log.js';
import { ContainerProcess, type ContainerEnd, type PreStop } from './container-process.js';
import type { FormerRun } from './former-runs.js';
import { timestamp, type Terminated } from './pod.js';
import { NEVER, type ContainerFacts } from './pod-status.js';
import type { Launch } from './prepare-pod.js';
import { ContainerProbes, isProbed, type Health, type Unhealthy } from './probes/container-probes.js';
import type { ContainerSite } from './probes/container-site.js';
import { runHook } from './probes/hook.js';
import { lastLogLines, readTerminationMessage } from './termination-message.js';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export interface ContainerRunnerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly guardian: Guardian;
  readonly launch: Launch;
  /** Whose container it is, for the node's log. */
  readonly owner: { readonly pod: string; readonly namespace: string };
  readonly policy: RestartPolicy;
  /** How it ended in a former life of the node. */
  readonly former?: FormerRun;
  /** The address that its process binds. */
  readonly host: string;
  /** The Pod's grace period, for a container that is not healthy. */
  readonly graceMs: number;
  /** Nothing is started any more once it is aborted. */
  readonly stop: AbortSignal;
  /** Called at every change, `last` at the one after which nothing comes. */
  readonly onChange: (facts: ContainerFacts, last: boolean) => void;
}

/** The kubelet's: at once, then after 10 s, doubled up to five minutes; a run of ten minutes begins anew. */
const BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;
const STEADY_MS = 600_000;

type Before = Omit<ContainerFacts, 'state'>;

/** Runs one container with its probes and hooks and, as its policy says, runs it again. */
export class ContainerRunner {
  /** Resolves when the container counts as started for the first time, or has ended for good. */
  readonly started: Promise<void>;
  readonly #options: ContainerRunnerOptions;
  readonly #site: ContainerSite;
  #process: ContainerProcess | undefined;
  #probes: ContainerProbes | undefined;
  #unhealthy = false;
  #markStarted: () => void = () => {};

  constructor(options: ContainerRunnerOptions) {
    this.#options = options;
    this.#site = { ...options.launch, host: options.host, guardian: options.guardian };
    this.started = new Promise((resolve) => (this.#markStarted = resolve));
  }

  /** The log that is written now. */
  get log(): ContainerLog | undefined {
    return this.#process?.log;
  }

  /** Runs it until it ends for good. */
  async run(): Promise<Terminated> {
    const { stop, clock, onChange, former } = this.#options;
    let lastTerminated = former?.lastTerminated;
    for (let restartCount = former ? former.restartCount + 1 : 0, crashes = 0; ; restartCount++) {
      const before = { restartCount, ...(lastTerminated ? { lastTerminated } : {}) };
      const started = clock.now();
      const end = await this.#runOnce(before);
      const ended = { ...before, state: { terminated: end } };
      crashes = clock.now() - started < STEADY_MS ? crashes + 1 : 1;
      if (stop.aborted || !this.#again(end) || (await this.#backOff(end, crashes, restartCount))) {
        onChange(ended, true);
        this.#markStarted();
        return end;
      }
      lastTerminated = end;
    }
  }

  /** Asks its process to end, by its preStop hook first; a second call can shorten the time that it has left. */
  stop(graceMs: number): void {
    this.#probes?.stop();
    this.#end(graceMs);
  }

  #end(graceMs: number): void {
    const hook = this.#options.launch.container.lifecycle?.preStop;
    const preStop: PreStop = async (signal) => {
      const result = hook && (await runHook(hook, this.#site, this.#options.clock, signal));
      if (result?.ok === false && !signal.aborted) this.#warn('preStop hook failed', result); // given up is not failed
    };
    this.#process?.stop(graceMs, hook && preStop);
  }

  /** What was ended for not being healthy is started again, however it ended. */
  #again({ exitCode }: Terminated): boolean {
    const { policy } = this.#options;
    return policy === 'Always' || (policy === 'OnFailure' && (exitCode !== 0 || this.#unhealthy));
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

  async #runOnce(before: Before): Promise<Terminated> {
    const { clock, launch } = this.#options;
    const startedAt = timestamp(clock.now());
    this.#unhealthy = false;
    writeFileSync(launch.terminationMessageFile, '', { mode: 0o600 }); // nothing of the run before
    const log = new ContainerLog(join(launch.folder, `${before.restartCount}.log`), this.#options);
    const process = new ContainerProcess(this.#options, launch, log);
    this.#process = process;
    if (process.started) this.#begin(process, before, startedAt);
    const end = await process.ended;
    this.#probes?.stop();
    this.#probes = undefined;
    return this.#terminated(end, startedAt, log.file);
  }

  /** It counts as running when its postStart hook has gone well. */
  #begin(process: ContainerProcess, before: Before, startedAt: string): void {
    const { launch, clock, onChange } = this.#options;
    const hook = launch.container.lifecycle?.postStart;
    if (!hook) return this.#runs(before, startedAt);
    if (before.restartCount > 0) onChange({ ...before, state: { waiting: { reason: 'ContainerCreating' } } }, false);
    const given = new AbortController();
    const ended = process.ended.then(() => given.abort(new Error('the container has ended')));
    void Promise.race([ended, runHook(hook, this.#site, clock, given.signal)]).then((result) => {
      if (given.signal.aborted) return;
      if (result?.ok !== false) return this.#runs(before, startedAt);
      this.#warn('postStart hook failed, ending the container', result);
      this.#end(this.#options.graceMs);
    });
  }

  #runs(before: Before, startedAt: string): void {
    const { clock, launch, onChange } = this.#options;
    const tell = (health?: Health): void => {
      if (health?.started !== false) this.#markStarted();
      onChange({ ...before, state: { running: { startedAt } }, ...(health ? { health } : {}) }, false);
    };
    if (!isProbed(launch.container)) return tell();
    const onUnhealthy = (unhealthy: Unhealthy): void => this.#renew(unhealthy);
    this.#probes = new ContainerProbes({ clock, site: this.#site, onHealth: tell, onUnhealthy });
    tell(this.#probes.health);
  }

  #renew({ probe, failure, graceSeconds }: Unhealthy): void {
    this.#unhealthy = true;
    this.#warn(`${probe} probe failed, ending the container`, { failure });
    this.#end(graceSeconds === undefined ? this.#options.graceMs : graceSeconds * 1000);
  }

  #warn(text: string, { failure }: { readonly failure: string }): void {
    const { log, launch, owner } = this.#options;
    log.warn({ ...owner, container: launch.container.name, failure }, text);
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
