import {
  AGENT_RUN,
  errorSentence,
  isTerminal,
  LABEL,
  labelValue,
  scheduledRunName,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type SympoziumSchedule,
} from '@sympozium/api';
import { keyOf, type OwnWrites } from '@sympozium/controller';
import { isAlreadyExists, listAll, type KubeClient } from '@sympozium/kube';
import type { Logger } from '@sympozium/process';
import { buildScheduledRun, cancelRun, type NewAgentRun } from '@sympozium/run-client';
import { ignoreGone, isRefusal } from '../apply/api-answers.js';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { controllerOf } from '../cluster/controller-of.js';
import { scheduleOf } from '../cluster/schedule-of.js';
import { rfc3339 } from '../status/time.js';
import type { TickOutcome } from './fold-schedule-status.js';

export interface ScheduleRunsDependencies {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly ownWrites: OwnWrites;
  readonly log: Logger;
}

/** Runs of a page of a list: each of them may have a MiB. */
const PAGE = 50;

export const FIELD_MANAGER = 'sympozium/schedule';

/** Starts, cancels and deletes runs of schedules. Each write is safe to repeat. */
export class ScheduleRuns {
  readonly #dependencies: ScheduleRunsDependencies;

  constructor(dependencies: ScheduleRunsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The run of a tick: made now, or found where an earlier life or another operator made it. */
  async start(schedule: SympoziumSchedule, tick: number, submittedAt: string): Promise<TickOutcome> {
    const { client, cache, log } = this.#dependencies;
    const { namespace = '', name } = schedule.metadata;
    const run = buildScheduledRun({
      schedule,
      instance: cache.instances.get(namespace, schedule.spec.instanceRef.name),
      name: scheduledRunName(name, tick),
      submittedAt,
      scheduledAt: rfc3339(tick),
    });
    try {
      const made = await client.create<AgentRun>(AGENT_RUN, run, { fieldManager: FIELD_MANAGER });
      log.info({ schedule: keyOf(schedule), run: made.metadata.name }, 'a tick started a run');
      return this.#started(schedule, tick, made);
    } catch (error) {
      if (isAlreadyExists(error)) return this.#holder(schedule, tick, run);
      if (!isRefusal(error)) throw error;
      log.warn({ err: error, schedule: keyOf(schedule) }, 'the run of a tick was refused');
      return { tick, reason: 'ApplyFailed', message: errorSentence('ApplyFailed', error.message) };
    }
  }

  /** All runs of the schedule as the API server has them now, for what must not be concluded from a cache that is behind. */
  async read(schedule: SympoziumSchedule): Promise<readonly AgentRun[]> {
    const { client } = this.#dependencies;
    const { namespace = '', name } = schedule.metadata;
    const options = { namespace, labelSelector: `${LABEL.schedule}=${labelValue(name)}`, limit: PAGE };
    const runs = await listAll(client, AGENT_RUN, options);
    const own = runs.filter((run) => scheduleOf(run)?.uid === schedule.metadata.uid);
    for (const run of own) this.#mustBeSeen(schedule, run);
    return own;
  }

  async cancel(schedule: SympoziumSchedule, run: AgentRun): Promise<void> {
    const { client, log } = this.#dependencies;
    await cancelRun(client, run);
    this.#record(schedule, run, (now) => now.spec.cancel === true || isTerminal(now.status.phase));
    log.info({ schedule: keyOf(schedule), run: run.metadata.name }, 'run cancelled, the next one replaces it');
  }

  /** Deletes this very run; what it owns follows by itself. */
  async remove(schedule: SympoziumSchedule, run: AgentRun): Promise<void> {
    const { client, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = run.metadata;
    await client.delete(AGENT_RUN, { namespace, name }, { uid, propagationPolicy: 'Background' }).catch(ignoreGone);
    this.#record(schedule, run, ({ metadata }) => metadata.deletionTimestamp !== undefined);
    log.info({ schedule: keyOf(schedule), run: name }, 'run deleted, the history is full');
  }

  async #holder(schedule: SympoziumSchedule, tick: number, { metadata }: NewAgentRun): Promise<TickOutcome> {
    const { namespace = '', name } = metadata;
    const holder = await this.#dependencies.client.get(AGENT_RUN, { namespace, name });
    if (controllerOf(holder, SYMPOZIUM_SCHEDULE)?.uid === schedule.metadata.uid)
      return this.#started(schedule, tick, holder);
    return { tick, reason: 'NameConflict', message: errorSentence('NameConflict', `${AGENT_RUN.kind} ${name}`) };
  }

  #started(schedule: SympoziumSchedule, tick: number, run: AgentRun): TickOutcome {
    this.#mustBeSeen(schedule, run);
    return { tick, run };
  }

  /** Nothing is decided for the schedule from a cache that is older than this version of the run. */
  #mustBeSeen(schedule: SympoziumSchedule, { metadata }: AgentRun): void {
    const { cache, ownWrites } = this.#dependencies;
    const { namespace = '', resourceVersion = '' } = metadata;
    ownWrites.record(keyOf(schedule), () => cache.runs.hasSeen(namespace, resourceVersion));
  }

  /** The same for a change of the run, unless it is gone. */
  #record(schedule: SympoziumSchedule, { metadata }: AgentRun, isDone: (now: AgentRun) => boolean): void {
    const { cache, ownWrites } = this.#dependencies;
    ownWrites.record(keyOf(schedule), () => {
      const now = cache.runs.get(metadata.namespace ?? '', metadata.name);
      return now === undefined || now.metadata.uid !== metadata.uid || isDone(now);
    });
  }
}
