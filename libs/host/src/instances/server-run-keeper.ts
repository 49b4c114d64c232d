import { AGENT_RUN, ANNOTATION, serverRunName, type AgentRun, type SympoziumInstance } from '@sympozium/api';
import { keyOf, type OwnWrites } from '@sympozium/controller';
import type { KubeClient, WriteOptions } from '@sympozium/kube';
import type { Clock, Logger } from '@sympozium/process';
import { ignoreGone, isRefusal } from '../apply/api-answers.js';
import { RepairBudget, type Repair } from '../apply/repair-budget.js';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { obstacle, type Obstacle } from '../plan/obstacle.js';
import { mergePatch } from '../status/merge-patch.js';
import type { WishedRun } from './plan-server-run.js';
import { holderOf, isAsWished, isOutdatedEnd } from './server-run.js';

export interface ServerRunKeeperDependencies {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is to be written about one instance's server run. */
interface Task {
  readonly instance: SympoziumInstance;
  readonly wished: WishedRun;
  readonly live: AgentRun;
}

const FIELD_MANAGER: WriteOptions = { fieldManager: 'sympozium/instance' };

/** Makes, mends and deletes the server runs of instances. Each write is safe to repeat. */
export class ServerRunKeeper {
  readonly #dependencies: ServerRunKeeperDependencies;
  readonly #budget: RepairBudget;

  constructor(dependencies: ServerRunKeeperDependencies) {
    this.#dependencies = dependencies;
    this.#budget = new RepairBudget(dependencies.clock);
  }

  /** The instance's server run, as the cache has it; one that is being deleted does not count. */
  of(instance: SympoziumInstance): AgentRun | undefined {
    const live = this.#holder(instance);
    return live && !isLeaving(live) && holderOf(live, instance) === 'instance' ? live : undefined;
  }

  /** One step towards what is wished, or what is in the way of it. */
  async keep(instance: SympoziumInstance, wished: WishedRun | undefined): Promise<Obstacle | undefined> {
    const live = this.#holder(instance);
    if (live && isLeaving(live)) return undefined;
    if (!wished) return this.#discard(instance, live);
    if (!live) return this.#tried(() => this.#create(instance, wished));
    const holder = holderOf(live, instance);
    if (holder === 'other') return obstacle('Ready', 'NameConflict', `${AGENT_RUN.kind} ${live.metadata.name}`);
    if (holder === 'predecessor' || isOutdatedEnd(live, wished, instance)) return this.#delete(instance, live);
    return isAsWished(live, wished) ? undefined : this.#tried(() => this.#mend({ instance, wished, live }));
  }

  #holder({ metadata }: SympoziumInstance): AgentRun | undefined {
    return this.#dependencies.cache.runs.get(metadata.namespace ?? '', serverRunName(metadata.name));
  }

  async #discard(instance: SympoziumInstance, live: AgentRun | undefined): Promise<undefined> {
    if (live && holderOf(live, instance) === 'instance') await this.#delete(instance, live);
  }

  /** What the server refuses is an obstacle; anything else may pass by itself and is tried again. */
  async #tried(write: () => Promise<Obstacle | undefined>): Promise<Obstacle | undefined> {
    try {
      return await write();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return obstacle('Ready', 'ApplyFailed', error.message);
    }
  }

  /** One POST: where the name is taken meanwhile, the watch brings who has it, and the next pass decides. */
  async #create(instance: SympoziumInstance, wished: WishedRun): Promise<undefined> {
    const { client, log } = this.#dependencies;
    this.#wrote(instance, await client.create(AGENT_RUN, wished, FIELD_MANAGER));
    log.info({ instance: keyOf(instance), run: wished.metadata.name }, 'server run made');
  }

  /** What was written before and is not wished any more goes with it. Labels and owner are mended as any run's are. */
  async #mend({ instance, wished, live }: Task): Promise<Obstacle | undefined> {
    const { client, log } = this.#dependencies;
    const { name, resourceVersion } = live.metadata;
    const repair: Repair = {
      object: live.metadata.uid ?? '',
      wish: wished.metadata.annotations?.[ANNOTATION.appliedHash],
    };
    if (this.#budget.isSpent(repair)) return obstacle('Ready', 'ApplyContested', `${AGENT_RUN.kind} ${name}`);
    const spec = mergePatch({ podTemplate: live.spec.podTemplate }, { podTemplate: wished.spec.podTemplate });
    const { annotations } = wished.metadata;
    const body = { metadata: { resourceVersion, annotations }, ...(spec && { spec }) };
    this.#wrote(instance, await client.patch(AGENT_RUN, live.metadata, { type: 'merge', body }, FIELD_MANAGER));
    this.#budget.count(repair);
    log.info({ instance: keyOf(instance), run: name }, 'server run changed');
    return undefined;
  }

  /** Deletes this very run; its finalizer and the garbage collector take its children. */
  async #delete(instance: SympoziumInstance, live: AgentRun): Promise<undefined> {
    const { client, cache, ownWrites, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = live.metadata;
    await client.delete(AGENT_RUN, { namespace, name }, { uid, propagationPolicy: 'Background' }).catch(ignoreGone);
    ownWrites.record(keyOf(instance), () => {
      const now = cache.runs.get(namespace, name);
      return now?.metadata.uid !== uid || isLeaving(now);
    });
    log.info({ instance: keyOf(instance), run: name }, 'server run deleted');
  }

  #wrote(instance: SympoziumInstance, { metadata }: AgentRun): void {
    const { cache, ownWrites } = this.#dependencies;
    const { namespace = '', resourceVersion = '' } = metadata;
    ownWrites.record(keyOf(instance), () => cache.runs.hasSeen(namespace, resourceVersion));
  }
}

const isLeaving = ({ metadata }: AgentRun): boolean => metadata.deletionTimestamp !== undefined;
