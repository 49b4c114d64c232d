import { ANNOTATION, errorSentence, TEARDOWN_FINALIZER, type AgentRun, type KubeObject } from '@sympozium/api';
import type { Reconciled } from '@sympozium/controller';
import type { Stage } from '@sympozium/plugin-sdk';
import type { Clock, Logger } from '@sympozium/process';
import type { Announcement, Announcer } from '../apply/announcer.js';
import type { Remover } from '../apply/remover.js';
import type { RunWriter } from '../apply/run-writer.js';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { isControlledBy } from '../cluster/run-of.js';
import type { Mode } from '../plugins/mode-registry.js';
import { closedStatus } from './closed-status.js';

export interface TeardownDependencies {
  readonly cache: Pick<ClusterCache, 'allChildrenOf'>;
  readonly remover: Remover;
  readonly writer: RunWriter;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A server stops before what leads to it is taken away, and its key goes last. */
const STAGES: readonly Stage[] = ['workload', 'service', 'route', 'credential'];

/** Longer than nearly every grace period: what is still there then is left to the garbage collector. */
const PATIENCE_MS = 15 * 60_000;

/** Whether the run waits for us before it may go. */
export const isHeld = ({ metadata }: KubeObject): boolean => metadata.finalizers?.includes(TEARDOWN_FINALIZER) === true;

/**
 * Takes down what a deleted run owns, stage by stage, and then lets the run go. Each call goes one step, from the
 * caches alone, so it does not matter where the one before it ended.
 */
export class Teardown {
  readonly #dependencies: TeardownDependencies;

  constructor(dependencies: TeardownDependencies) {
    this.#dependencies = dependencies;
  }

  async step(run: AgentRun, mode: Mode | undefined): Promise<Reconciled> {
    const left = this.#patience(run);
    if (mode && left > 0 && (await this.#takeDown(run)) === 'going') return { recheckAfterMs: left };
    // Somebody else put the finalizer on what works once: it ends as it ended.
    await this.#dependencies.writer.release(mode?.lifecycle === 'once' ? run : await this.#close(run, mode));
    return {};
  }

  #patience({ metadata }: AgentRun): number {
    return Date.parse(metadata.deletionTimestamp ?? '') + PATIENCE_MS - this.#dependencies.clock.now();
  }

  /** Deletes the first stage of which anything is left. Nothing is deleted that this run does not control. */
  async #takeDown(run: AgentRun): Promise<'gone' | 'going'> {
    const { cache, remover } = this.#dependencies;
    const children = cache.allChildrenOf(run).filter(({ object }) => isControlledBy(object, run));
    for (const stage of STAGES) {
      const standing = children.filter(({ object }) => stageOf(object) === stage);
      // What works may still answer somebody: it is gone when its Pods are.
      const propagation = stage === 'workload' ? 'Foreground' : 'Background';
      const removed = await Promise.all(standing.map((child) => remover.remove(run, child, propagation)));
      if (removed.includes('going')) return 'going';
    }
    return 'gone';
  }

  /** Shows the end. One that had failed has said so, and that stays. */
  async #close(run: AgentRun, mode: Mode | undefined): Promise<AgentRun> {
    const { writer, announcer, clock } = this.#dependencies;
    if (!mode) await announcer.announce(run, orphaned(run));
    const closed = await writer.writeStatus(run, closedStatus(run, clock.now()));
    if (closed.status.phase === 'Succeeded') await announcer.announce(run, TAKEN_DOWN);
    return closed;
  }
}

const TAKEN_DOWN: Announcement = { type: 'Normal', reason: 'Succeeded', message: 'The server is taken down.' };

/** What an object without the annotation is, say one that was made by hand as a child: it goes first. */
const stageOf = ({ metadata }: KubeObject): Stage =>
  STAGES.find((stage) => stage === metadata.annotations?.[ANNOTATION.stage]) ?? 'workload';

/** The kinds of a plugin that is gone are not watched: their objects have the run as their owner and follow it. */
const orphaned = ({ status, spec }: AgentRun): Announcement => ({
  type: 'Warning',
  reason: 'ModeUnknown',
  message: `${errorSentence('ModeUnknown', status.mode ?? spec.mode)} Its objects are left to the garbage collector.`,
});
