import { SympoziumError, type AgentRun } from '@sympozium/api';
import type { Informer, InformerEvent, KubeClient } from '@sympozium/kube';
import { delay, type Clock, type Logger } from '@sympozium/process';
import { readRun } from './stored-answer.js';

/** What the API server says of a run: how it stands, or that it is gone. */
export type RunState = { readonly type: 'state'; readonly run: AgentRun } | { readonly type: 'gone' };

/** Tells how a run stands, now and at each change, until the returned function is called. */
export interface RunStatusSource {
  follow(run: AgentRun, onState: (state: RunState) => void): () => void;
}

/** So long after it was last heard of, the server itself is asked for a run that the cache does not hold. */
const UNSEEN_MS = 5_000;

interface Follower {
  readonly run: AgentRun;
  readonly onState: (state: RunState) => void;
  /** Aborted when the cache holds the run again, or nobody follows it any more. */
  unseen?: AbortController;
}

/**
 * The status of many runs from one informer's cache. Objects of another uid are not the run. That the cache lacks a run
 * says little: it may not have come yet, or its labels no longer fit the cache's selector. So the server is asked then.
 */
export class InformerRunStatus implements RunStatusSource {
  readonly #informer: Informer<AgentRun>;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #followers = new Map<string, Set<Follower>>();

  constructor(informer: Informer<AgentRun>, dependencies: { client: KubeClient; clock: Clock; log: Logger }) {
    this.#informer = informer;
    this.#client = dependencies.client;
    this.#clock = dependencies.clock;
    this.#log = dependencies.log;
    informer.onEvent((event) => this.#dispatch(event));
  }

  follow(run: AgentRun, onState: (state: RunState) => void): () => void {
    const follower: Follower = { run, onState };
    const { name, namespace } = run.metadata;
    const all = this.#followers.get(name) ?? new Set();
    this.#followers.set(name, all.add(follower));
    const known = this.#informer.store.get(namespace, name);
    if (known && known.metadata.uid === run.metadata.uid) onState({ type: 'state', run: known });
    else void this.#ask(follower, UNSEEN_MS);
    return () => {
      follower.unseen?.abort();
      all.delete(follower);
      if (all.size === 0 && this.#followers.get(name) === all) this.#followers.delete(name);
    };
  }

  #dispatch({ type, object }: InformerEvent<AgentRun>): void {
    for (const follower of this.#followers.get(object.metadata.name) ?? []) {
      if (object.metadata.namespace !== follower.run.metadata.namespace) continue;
      // An older event of a predecessor says nothing of this run.
      if (object.metadata.uid !== follower.run.metadata.uid) continue;
      follower.unseen?.abort();
      if (type === 'deleted') void this.#ask(follower, 0);
      else follower.onState({ type: 'state', run: object });
    }
  }

  /** Asks the server in the cache's place until that holds the run again, the run is gone, or nobody follows it. */
  async #ask(follower: Follower, firstAfterMs: number): Promise<void> {
    const { signal } = (follower.unseen = new AbortController());
    for (let pauseMs = firstAfterMs; ; pauseMs = UNSEEN_MS) {
      if (pauseMs > 0) await delay(this.#clock, pauseMs, signal).catch(() => {}); // it was aborted
      const state = signal.aborted ? undefined : await this.#read(follower.run);
      if (signal.aborted) return;
      if (state) follower.onState(state);
      if (state?.type === 'gone') return;
    }
  }

  /** Undefined when the server cannot tell. */
  async #read(run: AgentRun): Promise<RunState | undefined> {
    try {
      return { type: 'state', run: await readRun(this.#client, run) };
    } catch (error) {
      if (error instanceof SympoziumError) return { type: 'gone' };
      this.#log.warn({ err: error, run: run.metadata.name }, 'run could not be read');
      return undefined;
    }
  }
}
