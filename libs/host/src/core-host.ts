import { OwnWrites } from '@sympozium/controller';
import type { KubeClient } from '@sympozium/kube';
import type { OwnedKind, SkillPackPlugin } from '@sympozium/plugin-sdk';
import { together, type Clock, type Logger, type Metrics, type Random, type Runnable } from '@sympozium/process';
import { Announcer } from './apply/announcer.js';
import { Applier } from './apply/applier.js';
import { Remover } from './apply/remover.js';
import { RunWriter } from './apply/run-writer.js';
import { ValueMaker } from './apply/value-maker.js';
import { ClusterCache } from './cluster/cluster-cache.js';
import { InstanceController } from './instances/instance-controller.js';
import { PackController } from './packs/pack-controller.js';
import type { AdmittedMode } from './plugins/admitted-mode.js';
import { ModeRegistry } from './plugins/mode-registry.js';
import { ResultStore } from './result/result-store.js';
import { RunController } from './run-controller.js';
import { RunReconciler } from './run-reconciler.js';
import { ScheduleController } from './schedules/schedule-controller.js';
import { SkillResolver } from './skills/skill-resolver.js';
import { Teardown } from './teardown/teardown.js';

export interface CoreHostOptions {
  readonly client: KubeClient;
  /** Every mode of this operator; see `admitPlugins`. */
  readonly modes: readonly AdmittedMode[];
  /** SkillPacks of plugins, which it applies in its own namespace. */
  readonly packs?: readonly SkillPackPlugin[];
  /** Kinds of plugins that were switched off; see `loadPlugins`. */
  readonly retired?: readonly OwnedKind[];
  /** Namespaces whose runs it serves; `*` for the whole cluster. */
  readonly namespaces: readonly string[];
  /** The operator's own namespace: its SkillPacks are everybody's. */
  readonly systemNamespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** How many runs are worked on at once. */
  readonly workers?: number;
}

/** Most of a pass is waiting for the API server. */
const WORKERS = 16;

/**
 * The operator's heart: watches runs and what belongs to them, and lets each mode's plugins decide what is to be. It
 * has two parts with lives of their own, since of several operators all watch and one writes.
 */
export class CoreHost {
  /** What is known of the cluster. Writes nothing, so that every operator may run it: a standby's is warm. */
  readonly cache: Runnable & {
    /** Names of what is watched and not all seen yet; nothing when it is ready. */
    readonly unsynced: readonly string[];
  };
  /** What acts upon it, in one operator at a time, while the cache runs. */
  readonly controllers: Runnable;

  constructor({ client, modes: admitted, packs = [], retired, workers = WORKERS, metrics, ...given }: CoreHostOptions) {
    const { clock, random, log, systemNamespace } = given;
    const modes = new ModeRegistry(admitted, retired);
    const ownWrites = new OwnWrites();
    const cache = new ClusterCache({ client, clock, random, log }, given, modes);
    const announcer = new Announcer({ client, clock, log });
    const values = new ValueMaker({ ledger: cache.ledger, announcer, clock, random });
    const skills = new SkillResolver(cache.skillPacks, systemNamespace);
    cache.skillPacks.onEvent(({ type, object }) => {
      if (type === 'deleted') skills.forget(object);
    });
    const written = { client, cache, ownWrites, log };
    const remover = new Remover(written);
    const applier = new Applier({ ...written, values, remover, clock });
    const writer = new RunWriter({ ...written, announcer, ...(metrics && { metrics }) });
    const reconciler = new RunReconciler({
      cache,
      modes,
      skills,
      applier,
      results: new ResultStore({ client, applier, clock, log }),
      writer,
      teardown: new Teardown({ cache, remover, writer, announcer, clock, log }),
      clock,
      log,
    });
    const tools = { clock, random, log, metrics };
    this.cache = cache;
    this.controllers = together('controllers', [
      new RunController({ cache, reconciler, ownWrites, workers, ...tools }),
      new InstanceController({ client, cache, modes, skills, ...tools }),
      new ScheduleController({ client, cache, ...tools }),
      new PackController({ client, cache, packs, namespace: systemNamespace, ...tools }),
    ]);
  }
}
