import {
  AGENT_RUN,
  kindKey,
  LABEL,
  SKILL_PACK,
  SYMPOZIUM_INSTANCE,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type Kind,
  type KubeObject,
  type SkillPack,
  type SkillUse,
  type SympoziumInstance,
  type SympoziumSchedule,
} from '@sympozium/api';
import { keyOf, objectKey, parseObjectKey } from '@sympozium/controller';
import type { InformerDependencies, InformerEvent } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ObjectIndex, OwnedKind } from '@sympozium/plugin-sdk';
import type { ModeRegistry } from '../plugins/mode-registry.js';
import { isResultMap } from '../result/result-map.js';
import { ChildLedger } from './child-ledger.js';
import { guardedClaims, type Claims } from './claims.js';
import { KindCache } from './kind-cache.js';
import { OptionalKinds } from './optional-kinds.js';
import { readRunObjects } from './read-run-objects.js';
import { runKeyOf, runUidOf } from './run-of.js';
import { scheduleOf } from './schedule-of.js';
import { trimChild, trimRun } from './trim.js';

/** Objects a page of a list: each of them may have a MiB. */
const PAGE = 50;
const BY_INSTANCE = 'instance';
const BY_RUN = 'run';
const BY_CLAIM = 'claim';
const BY_SKILL = 'skill';
const BY_SCHEDULE = 'schedule';

/** What is watched. */
export interface Scope {
  /** Namespaces whose runs are served; `*` for the whole cluster. */
  readonly namespaces: readonly string[];
  /** The operator's own: its SkillPacks are everybody's. */
  readonly systemNamespace: string;
}

/** The cache of a kind, and what its objects claim. */
interface ClaimedKind {
  readonly cache: KindCache<KubeObject>;
  readonly claims: Claims;
}

/** Everything the host knows of the cluster: runs, what they come from, and what belongs to them, each kind watched once. */
export class ClusterCache implements Runnable {
  readonly name = 'cluster cache';
  readonly ledger = new ChildLedger();
  readonly runs: KindCache<AgentRun>;
  readonly instances: KindCache<SympoziumInstance>;
  readonly skillPacks: KindCache<SkillPack>;
  readonly schedules: KindCache<SympoziumSchedule>;
  /** Every object of the kinds whose objects claim something for themselves. */
  readonly surveyed: ObjectIndex = {
    of: <T extends KubeObject>(kind: Kind<T>) => {
      const found = this.#claimed.find(({ cache }) => kindKey(cache.kind) === kindKey(kind));
      return (found?.cache.all() ?? []) as readonly KubeObject[] as readonly T[];
    },
  };
  readonly #owned: ReadonlyMap<string, KindCache<KubeObject>>;
  readonly #watched: ReadonlyMap<string, KindCache<KubeObject>>;
  readonly #claimed: readonly ClaimedKind[];
  readonly #optional: OptionalKinds;
  readonly #dependencies: InformerDependencies;
  readonly #systemNamespace: string;

  constructor(dependencies: InformerDependencies, { namespaces, systemNamespace }: Scope, modes: ModeRegistry) {
    this.#dependencies = dependencies;
    this.#systemNamespace = systemNamespace;
    const { watched } = modes;
    const owned = modes.owned.map(({ claims, ...one }) => ({
      ...one,
      ...(claims && { claims: guardedClaims(claims, one.kind, dependencies.log) }),
    }));
    this.runs = new KindCache(dependencies, namespaces, {
      kind: AGENT_RUN,
      pageSize: PAGE,
      trim: trimRun,
      indexes: {
        [BY_INSTANCE]: (run) => [instanceKeyOf(run)],
        [BY_SKILL]: packNames,
        [BY_SCHEDULE]: (run) => [scheduleOf(run)?.uid ?? ''],
      },
    });
    this.instances = new KindCache(dependencies, namespaces, {
      kind: SYMPOZIUM_INSTANCE,
      indexes: { [BY_SKILL]: packNames },
    });
    this.skillPacks = new KindCache(dependencies, [...new Set([...namespaces, systemNamespace])], {
      kind: SKILL_PACK,
      pageSize: PAGE,
    });
    this.schedules = new KindCache(dependencies, namespaces, {
      kind: SYMPOZIUM_SCHEDULE,
      pageSize: PAGE,
      indexes: { [BY_INSTANCE]: (schedule) => [instanceKeyOf(schedule)] },
    });
    const ofRuns = ({ kind, claims }: OwnedKind): KindCache<KubeObject> =>
      new KindCache(dependencies, namespaces, {
        kind,
        pageSize: PAGE,
        trim: trimChild,
        ...(!claims && { labelSelector: LABEL.run }),
        indexes: { [BY_RUN]: (object) => [runUidOf(object) ?? ''], ...(claims && { [BY_CLAIM]: claims }) },
      });
    this.#owned = new Map(owned.map((one) => [kindKey(one.kind), ofRuns(one)]));
    this.#watched = new Map(watched.map((kind) => [kindKey(kind), ofRuns({ kind })]));
    this.#claimed = owned.flatMap(({ kind, claims }) => {
      const cache = this.#owned.get(kindKey(kind));
      return cache && claims ? [{ cache, claims }] : [];
    });
    const optional = owned.filter((kind) => kind.optional).flatMap(({ kind }) => this.#owned.get(kindKey(kind)) ?? []);
    this.#optional = new OptionalKinds(dependencies, optional);
    this.#keepLedger();
  }

  /** Puts a child that was made or seen in the ledger, which holds those of living runs only. */
  note(run: AgentRun, child: KubeObject): void {
    const { namespace = '', name, uid } = run.metadata;
    if (this.runs.get(namespace, name)?.metadata.uid === uid) this.ledger.note(run, child);
  }

  /** Names of the caches that lack their first complete list. */
  get unsynced(): readonly string[] {
    return this.#needed().flatMap(({ synced, name }) => (synced ? [] : [name]));
  }

  /** Called for every change of anything that belongs to a run, after the caches have it. */
  onChildEvent(handler: (event: InformerEvent<KubeObject>) => void): void {
    for (const cache of [...this.#owned.values(), ...this.#watched.values()]) cache.onEvent(handler);
  }

  /** Calls `handler` with each other object that claims the same as one that came, went or changed. */
  onContested(handler: (object: KubeObject) => void): void {
    for (const { cache, claims } of this.#claimed)
      cache.onEvent(({ type, object, old = object }) => {
        if (type === 'modified' && object.metadata.generation === old.metadata.generation) return;
        const rivals = [...claims(object), ...claims(old)].flatMap((claim) => cache.by(BY_CLAIM, claim));
        for (const rival of new Set(rivals)) if (rival.metadata.uid !== object.metadata.uid) handler(rival);
      });
  }

  /** Calls `handler` when the API of an optional kind has appeared and its objects are known, or has gone. */
  onKindChanged(handler: () => void): void {
    this.#optional.onChanged(handler);
  }

  runsOf(instance: SympoziumInstance): readonly AgentRun[] {
    return this.runs.by(BY_INSTANCE, keyOf(instance));
  }

  runsOfSchedule({ metadata }: SympoziumSchedule): readonly AgentRun[] {
    return this.runs.by(BY_SCHEDULE, metadata.uid ?? '');
  }

  /** The schedules whose runs are this instance's. */
  schedulesOf(instance: SympoziumInstance): readonly SympoziumSchedule[] {
    return this.schedules.by(BY_INSTANCE, keyOf(instance));
  }

  /** Runs and instances that name this pack, as far as the name may stand for it. */
  usersOf(pack: SkillPack): { readonly runs: readonly AgentRun[]; readonly instances: readonly SympoziumInstance[] } {
    const { namespace, name } = pack.metadata;
    const mayMean = (user: KubeObject): boolean =>
      namespace === this.#systemNamespace || namespace === user.metadata.namespace;
    return {
      runs: this.runs.by(BY_SKILL, name).filter(mayMean),
      instances: this.instances.by(BY_SKILL, name).filter(mayMean),
    };
  }

  /** Objects of owned kinds of this run, without the host's own. */
  childrenOf(run: AgentRun): ObjectIndex {
    return index(this.#owned, run);
  }

  /** All of them, with their kinds. */
  allChildrenOf(run: AgentRun): readonly { readonly kind: Kind; readonly object: KubeObject }[] {
    const children = this.childrenOf(run);
    return [...this.#owned.values()].flatMap(({ kind }) => children.of(kind).map((object) => ({ kind, object })));
  }

  /** Both as the API server has them now, for what must not be concluded from a cache that is behind. */
  async readFresh(run: AgentRun): Promise<{ readonly children: ObjectIndex; readonly related: ObjectIndex }> {
    const related = [...this.#owned.values(), ...this.#watched.values()].filter((cache) => cache.synced);
    const objects = await readRunObjects(
      this.#dependencies.client,
      related.map(({ kind }) => kind),
      run,
    );
    const children = objects.filter((object) => this.#owned.has(kindKey(object)));
    return { children: indexOf(children), related: indexOf(objects) };
  }

  /** Objects of watched kinds of this run. A kind that one plugin owns may be another's to watch. */
  relatedOf(run: AgentRun): ObjectIndex {
    return index(new Map([...this.#owned, ...this.#watched]), run);
  }

  available(kind: Kind): boolean {
    const cache = this.#owned.get(kindKey(kind)) ?? this.#watched.get(kindKey(kind));
    return cache?.synced ?? false;
  }

  /** The cache that would show a write of this kind, if there is one. */
  cacheOf(kind: Kind): KindCache<KubeObject> | undefined {
    if (kindKey(kind) === kindKey(AGENT_RUN)) return this.runs as KindCache<KubeObject>;
    return this.#owned.get(kindKey(kind)) ?? this.#watched.get(kindKey(kind));
  }

  async start(): Promise<void> {
    await Promise.all(this.#needed().map((cache) => cache.start()));
    await this.#optional.start();
  }

  async stop(): Promise<void> {
    await this.#optional.stop();
    await Promise.all(this.#needed().map((cache) => cache.stop()));
  }

  #needed(): readonly Pick<KindCache<KubeObject>, 'name' | 'synced' | 'start' | 'stop'>[] {
    const ofRuns = [...this.#owned.values(), ...this.#watched.values()];
    return [
      this.runs,
      this.instances,
      this.skillPacks,
      this.schedules,
      ...ofRuns.filter((cache) => !this.#optional.has(cache)),
    ];
  }

  /** A deletion counts, too: it may be all that was seen of a child. What comes after its run's end does not. */
  #keepLedger(): void {
    for (const cache of this.#owned.values())
      cache.onEvent(({ type, object, old = object }) => {
        const { namespace, name } = parseObjectKey(runKeyOf(old) ?? '/');
        const run = this.runs.get(namespace, name);
        if (!run || run.metadata.uid !== runUidOf(old)) return;
        this.note(run, object);
        if (type === 'deleted') this.ledger.noteLost(run, old);
      });
    this.runs.onEvent(({ type, object }) => {
      if (type === 'deleted') this.ledger.forget(object.metadata.uid ?? '');
    });
  }
}

const packNames = ({ spec }: { readonly spec: { readonly skills?: readonly SkillUse[] | undefined } }) => [
  ...new Set((spec.skills ?? []).map(({ skillPackRef }) => skillPackRef.name)),
];

const instanceKeyOf = ({ metadata, spec }: AgentRun | SympoziumSchedule): string =>
  objectKey(metadata.namespace ?? '', spec.instanceRef.name);

const index = (caches: ReadonlyMap<string, KindCache<KubeObject>>, run: AgentRun): ObjectIndex => ({
  of: <T extends KubeObject>(kind: Kind<T>) => {
    const objects = caches.get(kindKey(kind))?.by(BY_RUN, run.metadata.uid ?? '') ?? [];
    return objects.filter((object) => !isResultMap(object)) as readonly KubeObject[] as readonly T[];
  },
});

const indexOf = (objects: readonly KubeObject[]): ObjectIndex => ({
  of: <T extends KubeObject>(kind: Kind<T>) =>
    objects.filter((object): object is T => kindKey(object) === kindKey(kind) && !isResultMap(object)),
});
