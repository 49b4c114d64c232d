import { AGENT_RUN, kindKey, LABEL, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import { isNotFound, KubeError, listAll, type KubeClient } from '@sympozium/kube';
import type { OwnedKind } from '@sympozium/plugin-sdk';
import type { Logger } from '@sympozium/process';
import type { Child } from '../apply/remover.js';
import { runUidOf } from '../cluster/run-of.js';

export interface DrainReaderDependencies {
  readonly client: KubeClient;
  readonly owned: readonly OwnedKind[];
  /** Modes whose children are not asked for: they may be many, and large. */
  readonly tasks: readonly string[];
  readonly log: Logger;
}

/** What there is to drain in a namespace, or in the cluster. */
export interface Survey {
  readonly runs: readonly AgentRun[];
  childrenOf(run: AgentRun): readonly Child[];
}

/** Objects a page: a run may have a MiB. */
const PAGE = 50;

/**
 * Reads what is to be drained from the API server itself: a cache would wait for ever where a kind is not served any
 * more, or where a namespace has gone and has taken the operator’s rights in it along.
 */
export class DrainReader {
  readonly #dependencies: DrainReaderDependencies;
  readonly #told = new Set<string>();

  constructor(dependencies: DrainReaderDependencies) {
    this.#dependencies = dependencies;
  }

  /** The runs that are wanted, with their children; `undefined` is the whole cluster. */
  async survey(namespace: string | undefined, isWanted: (run: AgentRun) => boolean): Promise<Survey> {
    const runs = (await this.all(AGENT_RUN, namespace)).filter(isWanted);
    const children = runs.length === 0 ? [] : await this.#children(namespace);
    const byRun = new Map<string, Child[]>();
    for (const child of children) {
      const uid = runUidOf(child.object) ?? '';
      byRun.set(uid, [...(byRun.get(uid) ?? []), child]);
    }
    return { runs, childrenOf: ({ metadata }) => byRun.get(metadata.uid ?? '') ?? [] };
  }

  /** Every object of a kind; none where the kind is not served. */
  async all<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, labelSelector = ''): Promise<T[]> {
    const which = { limit: PAGE, labelSelector, ...(namespace !== undefined && { namespace }) };
    try {
      return await listAll(this.#dependencies.client, kind, which);
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }

  async #children(namespace: string | undefined): Promise<readonly Child[]> {
    const { owned, tasks } = this.#dependencies;
    const selector = [LABEL.run, ...(tasks.length > 0 ? [`${LABEL.mode} notin (${tasks.join(',')})`] : [])].join(',');
    return (await Promise.all(owned.map(({ kind }) => this.#readable(kind, namespace, selector)))).flat();
  }

  /** What may not be read, say since its namespace is going, is left to the garbage collector. */
  async #readable(kind: Kind, namespace: string | undefined, labelSelector: string): Promise<readonly Child[]> {
    try {
      return (await this.all(kind, namespace, labelSelector)).map((object) => ({ kind, object }));
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 403) throw error;
      this.#tell(`${kindKey(kind)} in ${namespace ?? 'the cluster'}`, error);
      return [];
    }
  }

  #tell(what: string, err: KubeError): void {
    if (!this.#told.has(what)) this.#dependencies.log.warn({ err, what }, 'left to the garbage collector');
    this.#told.add(what);
  }
}
