import type { Clock, Guardian, Logger } from '@sympozium/process';
import type { ContainerLog } from './container-log.js';
import { ContainerRunner, type RestartPolicy } from './container-runner.js';
import { isSidecar, namespaceOf, type Container, type Pod } from './pod.js';
import type { ContainerFacts } from './pod-status.js';
import type { FormerRun } from './former-runs.js';
import type { Launch } from './prepare-pod.js';

export interface PodContainersOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly guardian: Guardian;
  readonly pod: Pod;
  readonly launches: ReadonlyMap<string, Launch>;
  /** What former lives of the node know of the containers. */
  readonly formerRuns: ReadonlyMap<string, FormerRun>;
  /** The address that the processes bind. */
  readonly host: string;
  /** Called at every change of a container, `last` at the one after which nothing comes. */
  readonly onChange: (container: string, facts: ContainerFacts, last: boolean) => void;
}

/** What a sidecar gets at least when the others have used up the grace. */
const SIDECAR_MS = 2_000;

/**
 * A Pod's containers in their order: init containers one after the other, each to success or, a sidecar, to its start;
 * then the others side by side; at the end the sidecars, last first.
 */
export class PodContainers {
  readonly #options: PodContainersOptions;
  readonly #runners = new Map<string, ContainerRunner>();
  /** In the order of their start. */
  readonly #sidecars: { readonly runner: ContainerRunner; readonly ended: Promise<unknown> }[] = [];
  readonly #over = new AbortController();
  readonly #stopped = new Promise<void>((resolve) => {
    this.#over.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  /** Those that are asked to end when the Pod is: all but sidecars that still have to wait. */
  readonly #stoppable = new Set<ContainerRunner>();
  /** What the node itself failed at. */
  #problem: Error | undefined;
  #end: { readonly at: number; readonly graceMs: number } | undefined;

  constructor(options: PodContainersOptions) {
    this.#options = options;
  }

  /** The log that a container writes now. */
  liveLog(container: string): ContainerLog | undefined {
    return this.#runners.get(container)?.log;
  }

  /** Resolves when none runs any more; rejects then with what the node itself failed at. */
  async run(): Promise<void> {
    if (await this.#initialize()) await this.#runOthers();
    this.#over.abort();
    for (const { runner, ended } of this.#sidecars.reverse()) {
      this.#stoppable.add(runner);
      runner.stop(this.#graceLeft());
      await ended;
    }
    if (this.#problem) throw this.#problem;
  }

  /** Ends all of them; called again it can only shorten the grace. */
  stop(graceMs: number): void {
    const at = this.#options.clock.now() + graceMs;
    if (!this.#end || at < this.#end.at) this.#end = { at, graceMs };
    this.#over.abort();
    for (const runner of this.#stoppable) runner.stop(graceMs);
  }

  /** False when the Pod ends here. */
  async #initialize(): Promise<boolean> {
    const { pod } = this.#options;
    for (const container of pod.spec.initContainers ?? []) {
      const goesOn = isSidecar(pod, container) ? this.#startSidecar(container) : this.#runInit(container);
      if (!(await goesOn) || this.#over.signal.aborted) return false;
    }
    return true;
  }

  async #startSidecar(container: Container): Promise<boolean> {
    const runner = this.#runner(container, 'Always');
    this.#sidecars.push({ runner, ended: this.#run(runner) });
    await Promise.race([runner.started, this.#stopped]);
    return true;
  }

  async #runInit(container: Container): Promise<boolean> {
    const runner = this.#runner(container, this.#policy === 'Never' ? 'Never' : 'OnFailure');
    this.#stoppable.add(runner);
    return (await this.#run(runner)) === 0;
  }

  async #runOthers(): Promise<void> {
    const runners = this.#options.pod.spec.containers.map((container) => this.#runner(container, this.#policy));
    for (const runner of runners) this.#stoppable.add(runner);
    await Promise.all(runners.map((runner) => this.#run(runner)));
  }

  /** Gives the exit code. When the node fails at one container, a full disk say, it ends all of them. */
  async #run(runner: ContainerRunner): Promise<number | undefined> {
    try {
      return (await runner.run()).exitCode;
    } catch (error) {
      this.#problem ??= error as Error;
      this.stop(podGraceMs(this.#options.pod));
      return undefined;
    }
  }

  #graceLeft(): number {
    if (!this.#end) return podGraceMs(this.#options.pod);
    const left = this.#end.at - this.#options.clock.now();
    return Math.max(left, Math.min(this.#end.graceMs, SIDECAR_MS));
  }

  #runner({ name }: Container, policy: RestartPolicy): ContainerRunner {
    const { launches, formerRuns, pod, onChange } = this.#options;
    const launch = launches.get(name);
    const former = formerRuns.get(name);
    if (!launch) throw new Error(`container ${name} was not prepared`);
    const runner = new ContainerRunner({
      ...this.#options,
      ...{ launch, policy, stop: this.#over.signal, graceMs: podGraceMs(pod) },
      ...(former && { former }),
      owner: { pod: pod.metadata.name, namespace: namespaceOf(pod) },
      onChange: (facts, last) => onChange(name, facts, last),
    });
    this.#runners.set(name, runner);
    return runner;
  }

  get #policy(): RestartPolicy {
    return (this.#options.pod.spec.restartPolicy as RestartPolicy | undefined) ?? 'Always';
  }
}

const podGraceMs = ({ spec }: Pod): number => (spec.terminationGracePeriodSeconds ?? 30) * 1000;
