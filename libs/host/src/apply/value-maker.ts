import { errorSentence, type AgentRun, type KubeObject } from '@sympozium/api';
import type { GeneratedValue } from '@sympozium/plugin-sdk';
import type { Clock, Random } from '@sympozium/process';
import type { ChildLedger } from '../cluster/child-ledger.js';
import { entryOf, freshValue, valueParts, type ValueNeed } from '../plan/generated-value.js';
import type { Announcer } from './announcer.js';

export interface ValueMakerDependencies {
  readonly ledger: ChildLedger;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes the secret values that plans ask for; nobody else sees them. */
export class ValueMaker {
  readonly #dependencies: ValueMakerDependencies;

  constructor(dependencies: ValueMakerDependencies) {
    this.#dependencies = dependencies;
  }

  /** The object with all that its lost predecessor held, or with a value of its own. */
  filled(run: AgentRun, object: KubeObject, generate: GeneratedValue): KubeObject {
    const lost = this.#dependencies.ledger.lostSecret(run, object.metadata.name);
    const { annotations, data } = lost
      ? { annotations: lost.metadata.annotations, data: (lost as { data?: object }).data }
      : valueParts(generate, this.#fresh(generate));
    const metadata = { ...object.metadata, annotations: { ...annotations, ...object.metadata.annotations } };
    return { ...object, metadata, data } as KubeObject;
  }

  /** Whether callers have to be told: the run had this object, and what it held is not known any more. */
  replaces(run: AgentRun, object: KubeObject): boolean {
    const { ledger } = this.#dependencies;
    return ledger.has(run, object) && ledger.lostSecret(run, object.metadata.name) === undefined;
  }

  /** A merge patch with a new value, if the object is still as it was seen. */
  renewal(live: KubeObject, generate: GeneratedValue, need: Exclude<ValueNeed, 'none'>): object {
    const old = need === 'rotate' ? entryOf(live, generate.field) : undefined;
    const outgoing = old === undefined ? undefined : { value: old, now: this.#dependencies.clock.now() };
    const { annotations, data } = valueParts(generate, this.#fresh(generate), outgoing);
    return { metadata: { resourceVersion: live.metadata.resourceVersion, annotations }, data };
  }

  async announceReplaced(run: AgentRun, { metadata }: KubeObject): Promise<void> {
    const message = errorSentence('KeyReplaced', `Secret ${metadata.name}`);
    const about = metadata.resourceVersion ?? '';
    await this.#dependencies.announcer.announce(run, { type: 'Warning', reason: 'KeyReplaced', message, about });
  }

  #fresh(generate: GeneratedValue): string {
    return freshValue(generate, this.#dependencies.random.bytes(generate.bytes));
  }
}
