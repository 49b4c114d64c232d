import type { AgentRun, Kind, KubeObject } from '@sympozium/api';
import { keyOf, type OwnWrites } from '@sympozium/controller';
import { isConflict, isNotFound, type KubeClient } from '@sympozium/kube';
import type { Logger } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { isChildRefusal, readIfThere } from './api-answers.js';

export interface RemoverDependencies {
  readonly client: KubeClient;
  readonly cache: Pick<ClusterCache, 'cacheOf'>;
  readonly ownWrites: OwnWrites;
  readonly log: Logger;
}

/** What a run owns, and its kind. */
export interface Child {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** Whether a deleted object waits for what it owns to be gone. */
type Propagation = 'Background' | 'Foreground';

/** Deletes what runs own. Each deletion is of one very object, never of its successor. */
export class Remover {
  readonly #dependencies: RemoverDependencies;

  constructor(dependencies: RemoverDependencies) {
    this.#dependencies = dependencies;
  }

  /** Deletes a child, and what it owns; `gone` when there was none. */
  async delete(
    run: AgentRun,
    { kind, object: { metadata } }: Child,
    propagationPolicy: Propagation = 'Background',
  ): Promise<'gone' | 'going'> {
    const { client, cache, ownWrites, log } = this.#dependencies;
    const { uid, namespace = '', name } = metadata;
    const options = { ...(uid !== undefined && { uid }), propagationPolicy };
    try {
      await client.delete(kind, { namespace, name }, options);
    } catch (error) {
      if (await this.#isStillThere(error, kind, metadata)) throw error;
      return 'gone';
    }
    ownWrites.record(keyOf(run), () => {
      const now = cache.cacheOf(kind)?.get(namespace, name);
      return now?.metadata.uid !== uid || now?.metadata.deletionTimestamp !== undefined;
    });
    log.info({ run: keyOf(run), kind: kind.kind, name }, 'child deleted');
    return 'going';
  }

  /**
   * Deletes a child behind which the teardown waits. Whether it is gone, or nothing of ours can be done about it: what
   * the server refuses to delete is left to the garbage collector.
   */
  async remove(run: AgentRun, child: Child, propagation: Propagation): Promise<'gone' | 'going'> {
    if (child.object.metadata.deletionTimestamp !== undefined) return 'going';
    try {
      return await this.delete(run, child, propagation);
    } catch (error) {
      if (!isChildRefusal(error)) throw error;
      const { kind } = child.kind;
      this.#dependencies.log.warn({ err: error, run: keyOf(run), kind }, 'a child cannot be deleted');
      return 'gone';
    }
  }

  /** Whether a deletion that failed still has its object: a conflict means, too, that another one has its name. */
  async #isStillThere(error: unknown, kind: Kind, metadata: KubeObject['metadata']): Promise<boolean> {
    if (isNotFound(error)) return false;
    if (!isConflict(error)) return true;
    return (await readIfThere(this.#dependencies.client, kind, metadata))?.metadata.uid === metadata.uid;
  }
}
