import { CONDITION, SKILL_PACK, SYMPOZIUM_INSTANCE, type SkillPack, type SympoziumInstance } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger } from '@sympozium/process';
import { ignoreGone } from '../apply/api-answers.js';
import { foldInstanceStatus } from '../instances/fold-instance-status.js';
import { isOurs } from '../packs/pack-reconciler.js';
import { obstacle } from '../plan/obstacle.js';
import type { StatusWriter } from '../status/status-writer.js';
import type { DrainReader } from './drain-reader.js';

export interface LeftoversDependencies {
  readonly client: KubeClient;
  readonly reader: DrainReader;
  readonly writer: StatusWriter<SympoziumInstance>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What an operator leaves behind that nobody keeps right any more. */
export class Leftovers {
  readonly #dependencies: LeftoversDependencies;

  constructor(dependencies: LeftoversDependencies) {
    this.#dependencies = dependencies;
  }

  /** Instances stay, and say no longer that they are served. What cannot be written there is of no weight. */
  async closeInstances(namespace: string | undefined): Promise<void> {
    const { reader, log } = this.#dependencies;
    const tell = (err: unknown): void => log.warn({ err, namespace }, 'an instance may still say that it is served');
    try {
      const instances = await reader.all(SYMPOZIUM_INSTANCE, namespace);
      for (const instance of instances.filter(saysItServes)) await this.#close(instance).catch(tell);
    } catch (error) {
      tell(error);
    }
  }

  /** Deletes the SkillPacks of plugins; they are made anew where an operator is installed again. */
  async removePacks(namespace: string): Promise<void> {
    const { reader } = this.#dependencies;
    for (const pack of (await reader.all(SKILL_PACK, namespace)).filter(isOurs)) await this.#remove(pack);
  }

  async #close(instance: SympoziumInstance): Promise<void> {
    const { writer, clock } = this.#dependencies;
    const { activeRuns = 0, queuedRuns = 0 } = instance.status ?? {};
    const closed = foldInstanceStatus({
      instance,
      serves: false,
      server: undefined,
      obstacle: obstacle('Ready', 'Drained'),
      counts: { activeRuns, queuedRuns },
      now: clock.now(),
    });
    await writer.write(instance, closed);
  }

  async #remove({ metadata }: SkillPack): Promise<void> {
    const { client, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = metadata;
    await client.delete(SKILL_PACK, { namespace, name }, { uid }).catch(ignoreGone);
    log.info({ pack: name }, 'skill pack deleted');
  }
}

const saysItServes = ({ metadata, status }: SympoziumInstance): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.endpoint !== undefined || (status?.conditions ?? []).some(({ type }) => type === CONDITION.ready));
