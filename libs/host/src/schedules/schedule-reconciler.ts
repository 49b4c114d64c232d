import type { AgentRun, SympoziumSchedule } from '@sympozium/api';
import { parseObjectKey } from '@sympozium/controller';
import type { Clock } from '@sympozium/process';
import type { SubmissionStamps } from '@sympozium/run-client';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import type { StatusWriter } from '../status/status-writer.js';
import type { Alarm } from './alarm.js';
import { foldScheduleStatus, type TickOutcome } from './fold-schedule-status.js';
import { planSchedule, type SchedulePlan, type Step } from './plan-schedule.js';
import type { ScheduleFacts } from './schedule-facts.js';
import type { ScheduleRuns } from './schedule-runs.js';
import type { TickBook } from './tick-book.js';

export interface ScheduleReconcilerDependencies {
  readonly cache: ClusterCache;
  readonly book: TickBook;
  readonly runs: ScheduleRuns;
  readonly writer: StatusWriter<SympoziumSchedule>;
  readonly alarm: Alarm;
  readonly stamps: SubmissionStamps;
  readonly clock: Clock;
}

/** Facts, and what was decided from them. */
interface Decided {
  readonly facts: ScheduleFacts;
  readonly plan: SchedulePlan;
}

/**
 * Brings one schedule a step further: a tick that is due starts its run, and the status says how it stands. The run is
 * made before the status tells of its tick; a life that ends in between is taken up by the next one, which finds the
 * run by its name.
 */
export class ScheduleReconciler {
  readonly #dependencies: ScheduleReconcilerDependencies;

  constructor(dependencies: ScheduleReconcilerDependencies) {
    this.#dependencies = dependencies;
  }

  async reconcile(key: string): Promise<void> {
    const { cache, book, alarm } = this.#dependencies;
    const { namespace, name } = parseObjectKey(key);
    const schedule = cache.schedules.get(namespace, name);
    // The runs of a deleted schedule are the garbage collector's.
    if (schedule && schedule.metadata.deletionTimestamp === undefined) return this.#advance(key, schedule);
    book.forget(key);
    alarm.set(key, undefined);
  }

  async #advance(key: string, schedule: SympoziumSchedule): Promise<void> {
    const { cache, runs, writer, stamps } = this.#dependencies;
    // Before anything is waited for, so that the stamps have the order in which the ticks became due.
    const submittedAt = stamps.next();
    const { facts, plan } = await this.#decide(key, schedule);
    const outcome = plan.step && (await this.#take(schedule, plan.step, submittedAt));
    const { namespace = '' } = schedule.metadata;
    const instanceExists = cache.instances.get(namespace, schedule.spec.instanceRef.name) !== undefined;
    await writer.write(schedule, foldScheduleStatus({ ...facts, plan, outcome, instanceExists }));
    for (const run of plan.surplus) await runs.remove(schedule, run);
  }

  async #decide(key: string, schedule: SympoziumSchedule): Promise<Decided> {
    const { cache, book, runs, alarm, clock } = this.#dependencies;
    const decide = (known: readonly AgentRun[]): Decided => {
      const now = clock.now();
      const facts = { schedule, runs: known, ticks: book.ticksOf(key, schedule, now), now };
      const plan = planSchedule(facts);
      // Before any call to the API server, since one that fails must not keep the next tick waiting.
      alarm.set(key, plan.wakeAt);
      return { facts, plan };
    };
    const decided = decide(cache.runsOfSchedule(schedule));
    return restsOnRuns(schedule, decided.plan.step) ? decide(await runs.read(schedule)) : decided;
  }

  async #take(schedule: SympoziumSchedule, step: Step, submittedAt: string): Promise<TickOutcome | undefined> {
    const { runs } = this.#dependencies;
    const { tick } = step;
    if (step.act === 'start') return runs.start(schedule, tick, submittedAt);
    if (step.act === 'found') return { tick, run: step.run };
    if (step.act === 'skip') return { tick, reason: step.reason, message: step.message };
    for (const run of step.cancel) await runs.cancel(schedule, run);
    return undefined;
  }
}

/** Whether runs that the cache does not show, or not as they are, would make another step of it. */
const restsOnRuns = ({ spec }: SympoziumSchedule, step: Step | undefined): boolean =>
  step !== undefined && step.act !== 'found' && (step.act === 'skip' || spec.concurrencyPolicy !== 'Allow');
