import { ANNOTATION, LABEL, SKILL_PACK, type SkillPack } from '@sympozium/api';
import type { OwnWrites, Reconciled } from '@sympozium/controller';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import type { SkillPackPlugin } from '@sympozium/plugin-sdk';
import type { Clock, Logger } from '@sympozium/process';
import { ignoreGone, isRefusal } from '../apply/api-answers.js';
import { RepairBudget, type Repair } from '../apply/repair-budget.js';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { isApplied } from '../plan/diff.js';
import { hashed } from '../plan/dress.js';

export interface PackReconcilerDependencies {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly ownWrites: OwnWrites;
  readonly packs: readonly SkillPackPlugin[];
  /** Where the objects are kept. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How soon what the API server refused is tried again. */
const REFUSED_MS = 30_000;

/** Keeps the SkillPack objects of this operator's plugins as the plugins say, and deletes those of plugins that are gone. */
export class PackReconciler {
  readonly #dependencies: PackReconcilerDependencies;
  readonly #wished: ReadonlyMap<string, SkillPack>;
  readonly #budget: RepairBudget;
  /** Why each pack cannot be kept, as the log was told. */
  readonly #told = new Map<string, string>();

  constructor(dependencies: PackReconcilerDependencies) {
    const { packs, namespace, clock } = dependencies;
    this.#dependencies = dependencies;
    this.#wished = new Map(packs.map(({ object }) => [object.metadata.name, dressPack(object, namespace)]));
    this.#budget = new RepairBudget(clock);
  }

  async reconcile(name: string): Promise<Reconciled> {
    const { cache, namespace } = this.#dependencies;
    const live = cache.skillPacks.get(namespace, name);
    const wished = this.#wished.get(name);
    if (!wished) return live && isOurs(live) ? this.#delete(live) : {};
    if (live && !isOurs(live)) return this.#tell(name, 'somebody else made a SkillPack of this name; it stays');
    if (live && isApplied(live, wished)) return this.#settled(name);
    if (this.#budget.isSpent(repairOf(wished))) return this.#tell(name, 'somebody else keeps changing the SkillPack');
    return this.#apply(wished, live);
  }

  async #apply(wished: SkillPack, live: SkillPack | undefined): Promise<Reconciled> {
    const { client, cache, ownWrites, namespace, log } = this.#dependencies;
    const { name } = wished.metadata;
    const body = live ? { ...wished, metadata: { ...wished.metadata, uid: live.metadata.uid } } : wished;
    try {
      const made = await client.patch(SKILL_PACK, { namespace, name }, { type: 'apply', body, force: true }, MANAGER);
      this.#budget.count(repairOf(wished));
      const version = made.metadata.resourceVersion ?? '';
      ownWrites.record(name, () => cache.skillPacks.hasSeen(namespace, version));
    } catch (error) {
      if (isNotFound(error))
        return this.#tell(name, `there is no namespace ${namespace}: create it, or set POD_NAMESPACE`);
      if (isRefusal(error)) return this.#tell(name, error.message);
      throw error;
    }
    log.info({ pack: name }, 'skill pack applied');
    return this.#settled(name);
  }

  async #delete({ metadata }: SkillPack): Promise<Reconciled> {
    const { client, namespace, log } = this.#dependencies;
    const { name, uid = '' } = metadata;
    if (metadata.deletionTimestamp !== undefined) return {};
    await client.delete(SKILL_PACK, { namespace, name }, { uid }).catch(ignoreGone);
    log.info({ pack: name }, 'skill pack deleted, no plugin brings it any more');
    return {};
  }

  #settled(name: string): Reconciled {
    this.#told.delete(name);
    return {};
  }

  /** Says once what keeps a pack from being applied, and tries again in a while. */
  #tell(name: string, why: string): Reconciled {
    if (this.#told.get(name) !== why) this.#dependencies.log.warn({ pack: name, why }, 'skill pack not applied');
    this.#told.set(name, why);
    return { recheckAfterMs: REFUSED_MS };
  }
}

/** A pack that was deleted counts as one that was edited. */
const repairOf = ({ metadata }: SkillPack): Repair => ({
  object: metadata.name,
  wish: metadata.annotations?.[ANNOTATION.appliedHash],
});

const MANAGER = { fieldManager: 'sympozium/packs' };

const dressPack = ({ apiVersion, kind, metadata, spec }: SkillPack, namespace: string): SkillPack =>
  hashed({
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      namespace,
      labels: {
        ...metadata.labels,
        [LABEL.name]: 'sympozium',
        [LABEL.managedBy]: 'sympozium',
        [LABEL.plugin]: metadata.name,
      },
    },
    spec,
  });

/** Either mark is enough, so that one who takes the other away does not make the pack his own. */
export const isOurs = ({ metadata: { name, labels, annotations } }: SkillPack): boolean =>
  labels?.[LABEL.plugin] === name || annotations?.[ANNOTATION.appliedHash] !== undefined;
