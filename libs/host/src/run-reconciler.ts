import {
  durationMs,
  errorSentence,
  isTerminal,
  TEARDOWN_FINALIZER,
  type AgentRun,
  type Lifecycle,
  type SympoziumInstance,
} from '@sympozium/api';
import { parseObjectKey, type Reconciled } from '@sympozium/controller';
import type { Observation, ObservedView } from '@sympozium/plugin-sdk';
import type { Clock, Logger } from '@sympozium/process';
import type { Applied, Applier } from './apply/applier.js';
import type { RunWriter } from './apply/run-writer.js';
import type { ClusterCache } from './cluster/cluster-cache.js';
import { hasController, isOurs } from './cluster/run-of.js';
import { adopt } from './plan/adopt.js';
import { observeRun, planRun, readParams, type Params } from './plan/ask-planners.js';
import { decideMode, isDecidedBySkills, recordedMode } from './plan/decide-mode.js';
import { diff } from './plan/diff.js';
import type { Wished } from './plan/dress.js';
import { isObstacle, obstacle, type Obstacle } from './plan/obstacle.js';
import { findPrerequisites } from './plan/prerequisites.js';
import type { Mode, ModeRegistry } from './plugins/mode-registry.js';
import type { ResultStore } from './result/result-store.js';
import type { SkillResolver } from './skills/skill-resolver.js';
import { foldStatus } from './status/fold-status.js';
import { giveUpAt } from './status/give-up.js';
import { isOpen } from './status/hinder.js';
import { isHeld, type Teardown } from './teardown/teardown.js';

/** What is asked about when a mode observes. */
interface Look {
  readonly mode: Mode;
  readonly params: Params;
  readonly view: ObservedView;
  readonly obstacle: Obstacle | undefined;
}

export interface RunReconcilerDependencies {
  readonly cache: ClusterCache;
  readonly modes: ModeRegistry;
  readonly skills: SkillResolver;
  readonly applier: Applier;
  readonly results: ResultStore;
  readonly writer: RunWriter;
  readonly teardown: Teardown;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What was seen of a run in one pass, and what keeps the host from going on with it. */
interface Pass {
  readonly observation: Observation;
  readonly obstacle?: Obstacle | undefined;
  readonly recheckAfterMs?: number | undefined;
}

/** What a run counts as while its mode is undecided. */
const UNDECIDED: { readonly name?: string; readonly lifecycle: Lifecycle } = { lifecycle: 'once' };

const PENDING: Observation = { state: 'pending' };
/** For a log that is behind, and for a predecessor's child whose end went unheard. */
const WAITING_MS = 1_000;
/** A predecessor's child usually goes at once; a run that waits longer says so. */
const WAITING_UNTOLD_MS = 3_000;

/**
 * Brings one run a step further: what its mode plans is made, what its mode observes becomes its status. Every pass
 * starts from the caches alone, so it does not matter where the one before it ended.
 */
export class RunReconciler {
  readonly #dependencies: RunReconcilerDependencies;

  constructor(dependencies: RunReconcilerDependencies) {
    this.#dependencies = dependencies;
  }

  async reconcile(key: string): Promise<Reconciled> {
    const { namespace, name } = parseObjectKey(key);
    const run = this.#dependencies.cache.runs.get(namespace, name);
    if (!run) return {};
    if (run.metadata.deletionTimestamp !== undefined) return this.#leave(run);
    return isTerminal(run.status.phase) ? this.#expire(run) : this.#advance(run);
  }

  /** A deleted run goes by itself, unless it waits for its teardown. */
  async #leave(run: AgentRun): Promise<Reconciled> {
    const { modes, teardown } = this.#dependencies;
    return isHeld(run) ? teardown.step(run, modes.get(recordedMode(run))) : {};
  }

  async #expire(run: AgentRun): Promise<Reconciled> {
    const { writer, clock } = this.#dependencies;
    const left = endOfLife(run) - clock.now();
    if (left <= 0) await writer.delete(run);
    // What a schedule left behind that was deleted with `--cascade=orphan` goes with its instance.
    else if (!hasController(run)) await this.#adopt(run, this.#instanceOf(run), recordedMode(run));
    return left > 0 ? { recheckAfterMs: left } : {};
  }

  #instanceOf({ metadata, spec }: AgentRun): SympoziumInstance | undefined {
    return this.#dependencies.cache.instances.get(metadata.namespace ?? '', spec.instanceRef.name);
  }

  async #advance(run: AgentRun): Promise<Reconciled> {
    const { skills, writer } = this.#dependencies;
    const mode = decideMode(run, skills.packsFor(run));
    if (typeof mode !== 'string') return this.#record(run, UNDECIDED, stuck(run, mode));
    if (!isDecidedBySkills(run)) return this.#advanceAs(run, mode);
    // A SkillPack may change after anything was made, a decision never.
    await writer.writeStatus(run, { ...run.status, mode });
    return {};
  }

  /** The work comes before what a bare run's creator left out: nobody waits for labels. */
  async #advanceAs(run: AgentRun, name: string): Promise<Reconciled> {
    const instance = this.#instanceOf(run);
    const mode = this.#dependencies.modes.get(name);
    const held = mode?.lifecycle === 'serving' ? await this.#hold(run, instance, name) : run;
    const pass = mode ? await this.#work(held, mode, instance) : stuck(held, obstacle('Accepted', 'ModeUnknown', name));
    const adopted = await this.#adopt(held, instance, name);
    return this.#record(adopted, { name, lifecycle: mode?.lifecycle ?? 'once' }, pass);
  }

  async #adopt(run: AgentRun, instance: SympoziumInstance | undefined, mode: string): Promise<AgentRun> {
    const missing = instance && adopt(run, instance, mode);
    return missing ? this.#dependencies.writer.writeMetadata(run, missing) : run;
  }

  /** The finalizer of a run that is torn down, with whatever else is missing, before its first child. */
  async #hold(run: AgentRun, instance: SympoziumInstance | undefined, mode: string): Promise<AgentRun> {
    if (!instance || isHeld(run)) return run;
    const finalizers = [...(run.metadata.finalizers ?? []), TEARDOWN_FINALIZER];
    return this.#dependencies.writer.writeMetadata(run, { ...adopt(run, instance, mode), finalizers });
  }

  /** Plans, applies and observes. What is seen counts whatever was in the way of the rest. */
  async #work(run: AgentRun, mode: Mode, instance: SympoziumInstance | undefined): Promise<Pass> {
    const params = await readParams(mode, run);
    if (isObstacle(params)) return { observation: PENDING, obstacle: params };
    const prerequisites = findPrerequisites(run, instance, this.#dependencies.skills);
    const view = this.#view(run, prerequisites);
    const wished = await this.#wish(mode, params, view);
    const applied = wished && !isObstacle(wished) ? await this.#apply(run, wished) : 'done';
    // A task that began needs nothing more; what serves goes on, but says what it lacks.
    const begun = mode.lifecycle === 'once' && (view.run.status.children ?? []).length > 0;
    const hindrances = [wished, this.#toObstacle(run, applied), begun ? undefined : prerequisites.obstacle];
    const obstacle = hindrances.find(isHindrance);
    const seen = await this.#observe({ mode, params, view, obstacle });
    return {
      ...(isObstacle(seen) ? { observation: PENDING, obstacle: obstacle ?? seen } : { observation: seen, obstacle }),
      recheckAfterMs: this.#retryAfter(run, applied),
    };
  }

  /** A plan, if there can be one. A cancelled run for which there can be none shall have nothing. */
  async #wish(mode: Mode, params: Params, view: ObservedView): Promise<readonly Wished[] | Obstacle | undefined> {
    const { run, instance, skills } = view;
    if (instance && skills) return planRun(mode, params, { ...view, instance, skills });
    return run.spec.cancel === true ? [] : undefined;
  }

  #apply(run: AgentRun, wished: readonly Wished[]): Promise<Applied> {
    const { cache, applier } = this.#dependencies;
    const live = cache.allChildrenOf(run).filter(({ object }) => isOurs(object, run));
    return applier.apply(run, diff(wished, live));
  }

  /**
   * What is seen, first in the caches. A verdict from something that is not seen, or not seen in time, is final while a
   * cache may be behind, so the API server is asked before.
   */
  async #observe({ mode, params, view, obstacle }: Look): Promise<Observation | Obstacle> {
    const { cache, clock } = this.#dependencies;
    const seen = await observeRun(mode, params, view);
    if (isObstacle(seen)) return seen;
    const { run } = view;
    const { lifecycle } = mode;
    const isLate =
      clock.now() >= giveUpAt({ run, lifecycle, outcome: seen, obstacle, madeAt: cache.ledger.madeAt(run) });
    const isDoubtful = seen.state === 'failed' ? seen.fromAbsence === true : isLate && seen.state !== 'succeeded';
    return isDoubtful ? observeRun(mode, params, { ...view, ...(await cache.readFresh(run)) }) : seen;
  }

  /** Stores the answer, then the status. */
  async #record(run: AgentRun, mode: typeof UNDECIDED, pass: Pass): Promise<Reconciled> {
    const { cache, results, writer, clock, log } = this.#dependencies;
    const outcome = await results.store(run, pass.observation, mode.name ?? '');
    if (!outcome) return { recheckAfterMs: WAITING_MS };
    const { status, recheckAfterMs } = foldStatus({
      run,
      mode: mode.name,
      lifecycle: mode.lifecycle,
      outcome,
      obstacle: pass.obstacle,
      children: cache.allChildrenOf(run).map(({ object }) => object),
      known: cache.ledger.of(run),
      madeAt: cache.ledger.madeAt(run),
      now: clock.now(),
    });
    const { cause } = pass.obstacle ?? {};
    if (cause !== undefined && status !== run.status) log.error({ err: cause, run: run.metadata.name }, 'plugin threw');
    // The host ends a run that goes on by itself: nothing of it shall still start, or work, once it counts as over.
    if (isTerminal(status.phase) && isOpen(outcome)) await this.#clear(run);
    await writer.writeStatus(run, status);
    if (isTerminal(status.phase)) return {};
    const rechecks = [recheckAfterMs, pass.recheckAfterMs].filter((ms) => ms !== undefined);
    return rechecks.length > 0 ? { recheckAfterMs: Math.min(...rechecks) } : {};
  }

  async #clear(run: AgentRun): Promise<void> {
    const cleared = await this.#apply(run, []);
    if (isHindrance(cleared))
      this.#dependencies.log.error(
        { run: run.metadata.name, why: cleared.message },
        'children of a run that was given up cannot be deleted',
      );
  }

  /** The run as plugins see it: with the children it has had, whether its status has said so yet or not. */
  #view(run: AgentRun, { instance, skills }: Pick<ObservedView, 'instance' | 'skills'>): ObservedView {
    const { cache } = this.#dependencies;
    return {
      run: { ...run, status: { ...run.status, children: [...cache.ledger.of(run)] } },
      params: undefined,
      children: cache.childrenOf(run),
      related: cache.relatedOf(run),
      surveyed: cache.surveyed,
      available: (kind) => cache.available(kind),
      ...(instance && { instance }),
      ...(skills && { skills }),
    };
  }

  #toObstacle(run: AgentRun, applied: Applied): Obstacle | undefined {
    if (applied === 'done') return undefined;
    if (applied !== 'waiting') return applied;
    const what = 'what an earlier run of this name had is still being deleted';
    return this.#age(run) < WAITING_UNTOLD_MS ? undefined : obstacle('Applied', 'NameConflict', what);
  }

  /** What the server refused is tried again, ever less often the older the run is. */
  #retryAfter(run: AgentRun, applied: Applied): number | undefined {
    if (applied === 'done') return undefined;
    return applied === 'waiting' ? WAITING_MS : Math.min(60_000, Math.max(1_000, this.#age(run) / 2));
  }

  #age({ metadata }: AgentRun): number {
    return this.#dependencies.clock.now() - Date.parse(metadata.creationTimestamp ?? '');
  }
}

const isHindrance = (value: object | string | undefined): value is Obstacle =>
  typeof value === 'object' && isObstacle(value);

/** A run that no plugin takes yet waits for what is missing, or is cancelled. */
const stuck = (run: AgentRun, why: Obstacle): Pass =>
  run.spec.cancel === true
    ? { observation: { state: 'failed', reason: 'Cancelled', message: errorSentence('Cancelled') } }
    : { observation: PENDING, obstacle: why };

/** When a finished run is deleted. */
function endOfLife({ metadata, spec, status }: AgentRun): number {
  const { ttlAfterFinished, ttlAfterFailure = ttlAfterFinished } = spec;
  const ttl = durationMs(status.phase === 'Failed' ? ttlAfterFailure : ttlAfterFinished);
  return Date.parse(status.completedAt ?? metadata.creationTimestamp ?? '') + ttl;
}
