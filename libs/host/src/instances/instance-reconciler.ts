import type { AgentRun, SympoziumInstance } from '@sympozium/api';
import { parseObjectKey, type Reconciled } from '@sympozium/controller';
import type { Clock } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { recordedMode } from '../plan/decide-mode.js';
import { isObstacle, type Obstacle } from '../plan/obstacle.js';
import type { ModeRegistry } from '../plugins/mode-registry.js';
import type { SkillResolver } from '../skills/skill-resolver.js';
import type { StatusWriter } from '../status/status-writer.js';
import type { CountSchedule } from './count-schedule.js';
import { countRuns, type RunCounts } from './count-runs.js';
import { foldInstanceStatus } from './fold-instance-status.js';
import { planServerRun } from './plan-server-run.js';
import type { ServerRunKeeper } from './server-run-keeper.js';

export interface InstanceReconcilerDependencies {
  readonly cache: ClusterCache;
  readonly modes: ModeRegistry;
  readonly skills: SkillResolver;
  readonly counting: CountSchedule;
  readonly keeper: ServerRunKeeper;
  readonly writer: StatusWriter<SympoziumInstance>;
  readonly clock: Clock;
}

/** What became of the wish for a server run in one pass. */
interface Served {
  readonly serves: boolean;
  readonly obstacle?: Obstacle | undefined;
}

/** How soon what the API server refused is tried again. */
const REFUSED_MS = 30_000;

/** Brings one instance a step further: its server run is what its skills wish, and its status says how it stands. */
export class InstanceReconciler {
  readonly #dependencies: InstanceReconcilerDependencies;

  constructor(dependencies: InstanceReconcilerDependencies) {
    this.#dependencies = dependencies;
  }

  async reconcile(key: string): Promise<Reconciled> {
    const { cache, counting } = this.#dependencies;
    const { namespace, name } = parseObjectKey(key);
    const instance = cache.instances.get(namespace, name);
    // A deleted instance takes its server run along as its owner.
    if (instance && instance.metadata.deletionTimestamp === undefined) return this.#advance(key, instance);
    counting.settle(key);
    return {};
  }

  async #advance(key: string, instance: SympoziumInstance): Promise<Reconciled> {
    const { counting, keeper, writer, clock } = this.#dependencies;
    const { serves, obstacle } = await this.#serve(instance);
    const counted = counting.left(key) === 0;
    const status = foldInstanceStatus({
      instance,
      serves,
      server: keeper.of(instance),
      obstacle,
      counts: this.#counts(instance, counted),
      now: clock.now(),
    });
    await writer.write(instance, status);
    if (counted) counting.settle(key);
    const rechecks = [counting.left(key), obstacle?.condition === 'Ready' ? REFUSED_MS : undefined];
    const [first] = rechecks.filter((ms) => ms !== undefined).sort((a, b) => a - b);
    return first === undefined ? {} : { recheckAfterMs: first };
  }

  /** While a skill cannot be resolved, nobody knows what is wished, and what exists stays. */
  async #serve(instance: SympoziumInstance): Promise<Served> {
    const { skills, keeper } = this.#dependencies;
    const resolved = skills.ofInstance(instance);
    if (isObstacle(resolved)) return { serves: false, obstacle: resolved };
    const wished = planServerRun(instance, resolved);
    return { serves: wished !== undefined, obstacle: await keeper.keep(instance, wished) };
  }

  #counts(instance: SympoziumInstance, counted: boolean): RunCounts {
    const { cache } = this.#dependencies;
    const { activeRuns, queuedRuns } = instance.status ?? {};
    if (!counted && activeRuns !== undefined && queuedRuns !== undefined) return { activeRuns, queuedRuns };
    const tasks = cache.runsOf(instance).filter((run) => this.#isTask(run));
    return countRuns(tasks, (run) => cache.ledger.of(run).length > 0);
  }

  #isTask(run: AgentRun): boolean {
    return this.#dependencies.modes.get(recordedMode(run))?.lifecycle !== 'serving';
  }
}
