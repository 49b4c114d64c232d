import {
  AGENT_RUN,
  isTerminal,
  TEARDOWN_FINALIZER,
  type AgentRun,
  type AgentRunStatus,
  type ObjectMeta,
} from '@sympozium/api';
import { keyOf, type OwnWrites } from '@sympozium/controller';
import { KubeError, type KubeClient, type WriteOptions } from '@sympozium/kube';
import type { Logger, Metrics } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { mergePatch } from '../status/merge-patch.js';
import type { Announcer } from './announcer.js';

export interface RunWriterDependencies {
  readonly client: KubeClient;
  readonly cache: { readonly runs: Pick<ClusterCache['runs'], 'get' | 'hasSeen'> };
  readonly ownWrites: OwnWrites;
  readonly announcer: Announcer;
  readonly log: Logger;
  readonly metrics?: Metrics;
}

const FIELD_MANAGER = 'sympozium/host';

/**
 * The only writer of runs. Every patch names the resourceVersion it was made from, so that it changes nothing that the
 * caches did not show: a terminal phase, or a run made again under the same name, is never overwritten. A conflict is
 * rejected, and the key tried again with what the watch brings.
 */
export class RunWriter {
  readonly #dependencies: RunWriterDependencies;
  readonly #finished;

  constructor(dependencies: RunWriterDependencies) {
    this.#dependencies = dependencies;
    this.#finished = dependencies.metrics?.counter('sympozium_runs_finished_total', 'Runs that ended.', [
      'mode',
      'phase',
      'reason',
    ]);
  }

  /** Gives a run what its creator left out. */
  async writeMetadata(
    run: AgentRun,
    metadata: Pick<ObjectMeta, 'labels' | 'ownerReferences' | 'finalizers'>,
  ): Promise<AgentRun> {
    const written = await this.#patch(run, { metadata }, {});
    this.#dependencies.log.info({ run: keyOf(run), fields: Object.keys(metadata) }, 'run metadata written');
    return written;
  }

  /** Writes what is new in a status, nothing when nothing is; the run as it is then. */
  async writeStatus(run: AgentRun, status: AgentRunStatus): Promise<AgentRun> {
    const patch = mergePatch(run.status, status);
    if (!patch) return run;
    const written = await this.#patch(run, { status: patch }, { subresource: 'status' });
    const { phase, mode = '', reason = '' } = status;
    this.#dependencies.log.info({ run: keyOf(run), phase, reason }, 'status written');
    if (!isTerminal(phase)) return written;
    this.#finished?.inc({ mode, phase, reason });
    // One Event for a run that failed, none for one that was cancelled.
    if (phase === 'Failed' && reason !== 'Cancelled')
      await this.#dependencies.announcer.announce(run, { type: 'Warning', reason, message: status.message ?? '' });
    return written;
  }

  /** Takes our finalizer away. Where it was the last one the run is gone, and its last version tells nothing of that. */
  async release(run: AgentRun): Promise<void> {
    const { cache, ownWrites } = this.#dependencies;
    const { namespace = '', name, uid, finalizers = [] } = run.metadata;
    await this.#patch(run, { metadata: { finalizers: finalizers.filter((one) => one !== TEARDOWN_FINALIZER) } }, {});
    ownWrites.record(keyOf(run), () => {
      const now = cache.runs.get(namespace, name)?.metadata;
      return now?.uid !== uid || now?.finalizers?.includes(TEARDOWN_FINALIZER) !== true;
    });
    this.#dependencies.log.info({ run: keyOf(run) }, 'run let go');
  }

  /** Deletes this very run; Job and Pods follow by their owners. */
  async delete(run: AgentRun): Promise<void> {
    const { client, cache, ownWrites, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = run.metadata;
    try {
      await client.delete(AGENT_RUN, { namespace, name }, { uid, propagationPolicy: 'Background' });
      log.info({ run: keyOf(run) }, 'run deleted, its time to live is over');
    } catch (error) {
      // Somebody else deleted it, or made another one under its name.
      if (!(error instanceof KubeError) || (error.status !== 404 && error.status !== 409)) throw error;
    }
    ownWrites.record(keyOf(run), () => {
      const now = cache.runs.get(namespace, name);
      return now?.metadata.uid !== uid || now.metadata.deletionTimestamp !== undefined;
    });
  }

  async #patch(run: AgentRun, body: { metadata?: object; status?: object }, options: WriteOptions): Promise<AgentRun> {
    const { client, cache, ownWrites } = this.#dependencies;
    const { namespace = '', name, resourceVersion } = run.metadata;
    const patched = await client.patch(
      AGENT_RUN,
      { namespace, name },
      { type: 'merge', body: { ...body, metadata: { ...body.metadata, resourceVersion } } },
      { fieldManager: FIELD_MANAGER, ...options },
    );
    const version = patched.metadata.resourceVersion ?? '';
    ownWrites.record(keyOf(run), () => cache.runs.hasSeen(namespace, version));
    return patched;
  }
}
