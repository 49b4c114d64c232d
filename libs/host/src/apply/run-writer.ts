import {
  AGENT_RUN,
  isTerminal,
  shortHash,
  type AgentRun,
  type AgentRunStatus,
  type Kind,
  type KubeObject,
  type ObjectMeta,
} from '@sympozium/api';
import { objectKey, type OwnWrites } from '@sympozium/controller';
import { KubeError, type KubeClient, type WriteOptions } from '@sympozium/kube';
import type { Clock, Logger, Metrics } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { mergePatch } from '../status/merge-patch.js';
import { rfc3339 } from '../status/time.js';

export interface RunWriterDependencies {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
}

const FIELD_MANAGER = 'sympozium/host';

const EVENT: Kind = { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true };

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
  async adopt(run: AgentRun, metadata: Pick<ObjectMeta, 'labels' | 'ownerReferences'>): Promise<AgentRun> {
    const adopted = await this.#patch(run, { metadata }, {});
    this.#dependencies.log.info({ run: keyOf(run) }, 'run adopted');
    return adopted;
  }

  /** Writes what is new in a status; nothing when nothing is. */
  async writeStatus(run: AgentRun, status: AgentRunStatus): Promise<void> {
    const patch = mergePatch(run.status, status);
    if (!patch) return;
    await this.#patch(run, { status: patch }, { subresource: 'status' });
    const { phase, mode = '', reason = '' } = status;
    this.#dependencies.log.info({ run: keyOf(run), phase, reason }, 'status written');
    if (!isTerminal(phase)) return;
    this.#finished?.inc({ mode, phase, reason });
    if (phase === 'Failed' && reason !== 'Cancelled') await this.#announce(run, status);
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

  /**
   * One Event for a run that failed, none for one that was cancelled: `kubectl describe` shows it beside the Pod's.
   * It says nothing that the status does not, so it is not worth a retry. Its name makes a second one impossible.
   */
  async #announce(run: AgentRun, { reason, message = '' }: AgentRunStatus): Promise<void> {
    const { client, clock, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = run.metadata;
    const time = rfc3339(clock.now());
    const event = {
      apiVersion: EVENT.apiVersion,
      kind: EVENT.kind,
      metadata: { namespace, name: `${name}.${shortHash(uid, 16)}` },
      involvedObject: { apiVersion: run.apiVersion, kind: run.kind, namespace, name, uid },
      type: 'Warning',
      reason,
      message: message.slice(0, MAX_EVENT_MESSAGE),
      source: { component: FIELD_MANAGER },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    } satisfies KubeObject & Record<string, unknown>;
    await client.create(EVENT, event).catch((error: unknown) => {
      log.debug({ err: error, run: keyOf(run) }, 'event not written');
    });
  }
}

/** The server takes 1 kB. */
const MAX_EVENT_MESSAGE = 1000;

const keyOf = ({ metadata }: AgentRun): string => objectKey(metadata.namespace ?? '', metadata.name);
