import { ANNOTATION, kindKey, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import { keyOf, type OwnWrites } from '@sympozium/controller';
import { isAlreadyExists, KubeError, type KubeClient, type Patch } from '@sympozium/kube';
import type { Clock, Logger } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { isOurs, isPredecessors } from '../cluster/run-of.js';
import { claimPatch, isClaimed } from '../plan/claim.js';
import type { Change } from '../plan/diff.js';
import { obstacle, type Obstacle } from '../plan/obstacle.js';
import { isChildRefusal, readIfThere } from './api-answers.js';
import type { Remover } from './remover.js';
import { RepairBudget, type Repair } from './repair-budget.js';
import type { ValueMaker } from './value-maker.js';

export interface ApplierDependencies {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly ownWrites: OwnWrites;
  readonly values: ValueMaker;
  readonly remover: Remover;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How far a list of changes came: to its end, up to an obstacle, or to a predecessor's child that must be gone first. */
export type Applied = 'done' | 'waiting' | Obstacle;

type Made<A extends Change['act']> = Extract<Change, { act: A }>;

/** The only writer of what runs own. Each change is safe to repeat: after a crash the same plan finds it done. */
export class Applier {
  readonly #dependencies: ApplierDependencies;
  readonly #budget: RepairBudget;

  constructor(dependencies: ApplierDependencies) {
    this.#dependencies = dependencies;
    this.#budget = new RepairBudget(dependencies.clock);
  }

  /** Makes the changes in their order. Rejects with what may pass by itself; what the server refuses is an obstacle. */
  async apply(run: AgentRun, changes: readonly Change[]): Promise<Applied> {
    for (const change of changes) {
      const applied = await this.#tryChange(run, change);
      if (applied !== 'done') return applied;
    }
    return 'done';
  }

  async #tryChange(run: AgentRun, change: Change): Promise<Applied> {
    try {
      return await this.#changeWithin(run, change);
    } catch (error) {
      if (isChildRefusal(error)) return obstacle('Applied', 'ApplyFailed', error.message);
      throw error;
    }
  }

  /** Makes a change, unless somebody else has undone it too often. */
  async #changeWithin(run: AgentRun, change: Change): Promise<Applied> {
    const repair = this.#repairOf(run, change);
    if (!repair) return this.#change(run, change);
    if (this.#budget.isSpent(repair)) return obstacle('Applied', 'ApplyContested', titleOf(subjectOf(change)));
    const applied = await this.#change(run, change);
    if (applied === 'done') this.#budget.count(repair);
    return applied;
  }

  /** What a change counts as if the run has had its object before. */
  #repairOf(run: AgentRun, change: Change): Repair | undefined {
    if (change.act === 'delete') return undefined;
    const object = subjectOf(change);
    if (!('live' in change) && !this.#dependencies.cache.ledger.has(run, object)) return undefined;
    return { object: `${run.metadata.uid} ${change.act} ${titleOf(object)}`, wish: wishOf(change) };
  }

  #change(run: AgentRun, change: Change): Promise<Applied> {
    switch (change.act) {
      case 'create':
        return this.#create(run, change);
      case 'apply':
        return this.#apply(run, change);
      case 'patch':
        return this.#patch(run, change);
      case 'claim':
        return this.#claim(run, change);
      case 'generate':
        return this.#generate(run, change);
      case 'delete':
        return this.#dependencies.remover
          .delete(run, { kind: change.kind, object: change.live })
          .then(() => 'done' as const);
    }
  }

  /** One POST. Where the name is taken, the one who has it decides. */
  async #create(run: AgentRun, { kind, object, plugin, generate }: Made<'create'>): Promise<Applied> {
    // A name that was taken a moment ago is looked at first, so that waiting costs no refused writes.
    const holder =
      run.status.reason === 'NameConflict'
        ? await readIfThere(this.#dependencies.client, kind, object.metadata)
        : undefined;
    if (holder) return this.#yieldTo(run, { kind, object, plugin }, holder);
    const { values } = this.#dependencies;
    const replaces = generate !== undefined && values.replaces(run, object);
    try {
      const made = await this.#post(run, {
        kind,
        object: generate ? values.filled(run, object, generate) : object,
        plugin,
      });
      if (replaces) await values.announceReplaced(run, made);
      return 'done';
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const taken = await readIfThere(this.#dependencies.client, kind, object.metadata);
      if (!taken) throw error; // gone meanwhile: the next try makes it
      return this.#yieldTo(run, { kind, object, plugin }, taken);
    }
  }

  async #post(run: AgentRun, { kind, object, plugin }: Pick<Made<'create'>, 'kind' | 'object' | 'plugin'>) {
    const { client, log } = this.#dependencies;
    const made = await client.create(kind, object, { fieldManager: fieldManager(plugin) });
    this.#wrote(run, kind, made);
    log.info({ run: keyOf(run), kind: kind.kind, name: made.metadata.name }, 'child made');
    return made;
  }

  /** A new value where the epoch is another, or where what is there is of no use. */
  async #generate(run: AgentRun, { kind, live, generate, need, plugin }: Made<'generate'>): Promise<Applied> {
    const { values, log } = this.#dependencies;
    const body = values.renewal(live, generate, need);
    const made = await this.#amend(run, { kind, live, plugin }, { type: 'merge', body });
    log.info({ run: keyOf(run), kind: kind.kind, name: made.metadata.name, need }, 'secret value made');
    if (need === 'replace') await values.announceReplaced(run, made);
    return 'done';
  }

  /** Puts labels and owner back. */
  async #claim(run: AgentRun, { kind, live, object, plugin }: Made<'claim'>): Promise<Applied> {
    const body = claimPatch(live, object);
    const made = await this.#amend(run, { kind, live, plugin }, { type: 'merge', body });
    this.#dependencies.log.info({ run: keyOf(run), kind: kind.kind, name: made.metadata.name }, 'child claimed again');
    return 'done';
  }

  /** Server-side apply; what the cache does not know is looked up first, since an apply would take over anybody's. */
  async #apply(run: AgentRun, { kind, object, live, plugin }: Made<'apply'>): Promise<Applied> {
    const known = live ?? (await readIfThere(this.#dependencies.client, kind, object.metadata));
    const applied = known && !isOurs(known, run) ? await this.#yieldTo(run, { kind, object, plugin }, known) : 'done';
    if (applied !== 'done') return applied;
    const { uid } = known?.metadata ?? {};
    const body = uid === undefined ? object : { ...object, metadata: { ...object.metadata, uid } };
    const made = await this.#dependencies.client
      .patch(kind, object.metadata, { type: 'apply', body, force: true }, { fieldManager: fieldManager(plugin) })
      .catch((error: unknown) => (known ? this.#overwrite(error, kind, body) : Promise.reject(error)));
    this.#wrote(run, kind, made);
    this.#dependencies.log.info({ run: keyOf(run), kind: kind.kind, name: made.metadata.name }, 'child applied');
    return 'done';
  }

  /**
   * An apply leaves in a list what somebody else added, and that may be in its way: a second port of the same name. Then
   * a merge patch sets the lists as a whole. Whoever writes so owns the fields, too, and no later apply could take them
   * away: so the server is made to forget it.
   */
  async #overwrite(error: unknown, kind: Kind, object: KubeObject): Promise<KubeObject> {
    const { client, log } = this.#dependencies;
    if (!(error instanceof KubeError) || error.reason !== 'Invalid') throw error;
    const repaired = await client
      .patch(kind, object.metadata, { type: 'merge', body: object }, { fieldManager: REPAIR })
      .catch(() => Promise.reject(error));
    log.info({ kind: kind.kind, name: object.metadata.name }, 'child overwritten: an apply was in conflict with edits');
    const at = repaired.metadata.managedFields?.findIndex(
      (entry) => (entry as { manager?: string }).manager === REPAIR,
    );
    if (at === undefined || at < 0) return repaired;
    const path = `/metadata/managedFields/${at}`;
    const body = [
      { op: 'test', path: `${path}/manager`, value: REPAIR },
      { op: 'remove', path },
    ];
    return client.patch(kind, object.metadata, { type: 'json', body }, { fieldManager: REPAIR });
  }

  async #patch(run: AgentRun, { kind, live, operations, plugin }: Made<'patch'>): Promise<Applied> {
    const body = [{ op: 'test', path: '/metadata/uid', value: live.metadata.uid }, ...operations];
    const made = await this.#amend(run, { kind, live, plugin }, { type: 'json', body });
    this.#dependencies.log.info(
      { run: keyOf(run), kind: kind.kind, name: made.metadata.name, operations },
      'child patched',
    );
    return 'done';
  }

  /** Patches an object that exists, as the plugin's. */
  async #amend(
    run: AgentRun,
    { kind, live, plugin }: Pick<Made<'patch'>, 'kind' | 'live' | 'plugin'>,
    patch: Patch,
  ): Promise<KubeObject> {
    const made = await this.#dependencies.client
      .patch(kind, live.metadata, patch, { fieldManager: fieldManager(plugin) })
      .catch((error: unknown) => this.#explain(error, kind, live));
    this.#wrote(run, kind, made);
    return made;
  }

  /** A patch is refused, too, where its object is gone or another one has its name: then only the cache is behind. */
  async #explain(error: unknown, kind: Kind, { metadata }: KubeObject): Promise<never> {
    if (!isChildRefusal(error)) throw error;
    const now = await readIfThere(this.#dependencies.client, kind, metadata);
    if (now?.metadata.uid === metadata.uid) throw error;
    throw new KubeError(409, 'Conflict', `${kindKey(kind)} ${metadata.name} is gone`, { cause: error });
  }

  /** Ours is as good as made; a predecessor's is sent away and waited for; anybody else's is left alone. */
  async #yieldTo(
    run: AgentRun,
    { kind, object, plugin }: Pick<Made<'claim'>, 'kind' | 'object' | 'plugin'>,
    holder: KubeObject,
  ): Promise<Applied> {
    if (isOurs(holder, run)) {
      if (!isClaimed(holder, object)) return this.#claim(run, { act: 'claim', kind, live: holder, object, plugin });
      this.#wrote(run, kind, holder);
      return 'done';
    }
    if (!isPredecessors(holder, run)) return obstacle('Applied', 'NameConflict', titleOf(holder));
    if (holder.metadata.deletionTimestamp === undefined)
      await this.#dependencies.remover.delete(run, { kind, object: holder });
    return 'waiting';
  }

  #wrote(run: AgentRun, kind: Kind, { metadata, ...rest }: KubeObject): void {
    const { cache, ownWrites } = this.#dependencies;
    cache.note(run, { metadata, ...rest });
    const { namespace = '', resourceVersion = '' } = metadata;
    ownWrites.record(keyOf(run), () => cache.cacheOf(kind)?.hasSeen(namespace, resourceVersion) ?? true);
  }
}

/** The object that a change is about. */
const subjectOf = (change: Change): KubeObject => ('object' in change ? change.object : change.live);

const titleOf = (object: KubeObject): string => `${kindKey(object)} ${object.metadata.name}`;

/** What tells a new wish from the repair of an old one. */
const wishOf = (change: Change): string | undefined =>
  change.act === 'generate' ? change.generate.epoch : subjectOf(change).metadata.annotations?.[ANNOTATION.appliedHash];

/** Who sets whole lists, for a moment. */
const REPAIR = 'sympozium/repair';

/** Under this name the API server keeps who set which field. */
const fieldManager = (plugin: string): string => `sympozium/${plugin}`;
