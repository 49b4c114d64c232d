import { SympoziumError, type AgentRun } from '@sympozium/api';
import type { Informer, InformerEvent, KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Timer } from '@sympozium/process';
import { readRun } from './stored-answer.js';

/** What the API server says of a run: how it stands, or that it is gone. */
export type RunState = { readonly type: 'state'; readonly run: AgentRun } | { readonly type: 'gone' };

/** Tells how a run stands, now and at each change, until the returned function is called. */
export interface RunStatusSource {
  follow(run: AgentRun, onState: (state: RunState) => void): () => void;
}

/** After so long without a sign in the cache the server itself is asked: the run may be gone already. */
const UNSEEN_MS = 5_000;

interface Follower {
  readonly run: AgentRun;
  readonly onState: (state: RunState) => void;
  seen: boolean;
  timer?: Timer;
}

/** The status of many runs from one informer's cache. Objects of another uid are not the run. */
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
    const follower: Follower = { run, onState, seen: false };
    const { name, namespace } = run.metadata;
    const all = this.#followers.get(name) ?? new Set();
    this.#followers.set(name, all.add(follower));
    const known = this.#informer.store.get(namespace, name);
    if (known && known.metadata.uid === run.metadata.uid) tell(follower, { type: 'state', run: known });
    this.#askLater(follower);
    return () => {
      follower.timer?.cancel();
      all.delete(follower);
      if (all.size === 0 && this.#followers.get(name) === all) this.#followers.delete(name);
    };
  }

  #dispatch({ type, object }: InformerEvent<AgentRun>): void {
    for (const follower of this.#followers.get(object.metadata.name) ?? []) {
      if (object.metadata.namespace !== follower.run.metadata.namespace) continue;
      // An older event of a predecessor says nothing of this run; the end of this run says all.
      if (object.metadata.uid !== follower.run.metadata.uid) continue;
      tell(follower, type === 'deleted' ? { type: 'gone' } : { type: 'state', run: object });
    }
  }

  #askLater(follower: Follower): void {
    follower.timer = this.#clock.after(UNSEEN_MS, () => void this.#ask(follower));
  }

  async #ask(follower: Follower): Promise<void> {
    if (follower.seen) return;
    try {
      tell(follower, { type: 'state', run: await readRun(this.#client, follower.run) });
    } catch (error) {
      if (error instanceof SympoziumError) tell(follower, { type: 'gone' });
      else {
        const { name } = follower.run.metadata;
        this.#log.warn({ err: error, run: name }, 'run could not be read');
        if (this.#followers.get(name)?.has(follower)) this.#askLater(follower);
      }
    }
  }
}

function tell(follower: Follower, state: RunState): void {
  follower.seen = true;
  follower.onState(state);
}
