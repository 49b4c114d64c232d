import { isAlreadyExists, isConflict, isNotFound, type CallOptions, type KubeClient } from '@sympozium/kube';
import type { Clock, Timer } from '@sympozium/process';
import { heldBy, isReleased, LEASE, released, type Lease, type LeaseSpec } from './lease.js';

/** What of the Kubernetes API a Lease needs. */
export type LeaseClient = Pick<KubeClient, 'get' | 'watch' | 'create' | 'replace' | 'delete'>;

export interface LeaseLockOptions {
  readonly client: LeaseClient;
  readonly namespace: string;
  readonly name: string;
  /** Nobody else's, not even of an earlier life of this process. */
  readonly identity: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** What becomes of the Lease when it is given up; default `free`. */
  readonly atEnd?: 'free' | 'deleted' | undefined;
}

/** A record as it was last seen. */
interface Seen {
  readonly spec: LeaseSpec;
  readonly text: string;
  readonly expiry?: Timer;
  expired: boolean;
}

/**
 * One candidate's view of a Lease. Times of other machines are never compared: a record is too old when it has not
 * changed for its duration since it was first seen, and a timer says so, which no jump of the clock moves. Each write
 * names the resourceVersion that it replaces, so that of two candidates one loses.
 */
export class LeaseLock {
  readonly #options: LeaseLockOptions;
  #seen: Seen | undefined;
  /** The Lease as our last write left it, while nothing says that it has changed. */
  #own: Lease | undefined;
  /** The resourceVersion that was read last; absent for no Lease. */
  #version: string | undefined;
  /** Whether we held it, and have not seen anybody else hold it since. */
  #wasOurs = false;
  /** Whether a write of ours may have made us the holder. */
  #mayHold = false;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  /** Who held it when it was last seen; '' for nobody. */
  get holder(): string {
    return this.#seen?.spec.holderIdentity ?? '';
  }

  /** Whether somebody else held it when it was last seen. */
  get isAnothers(): boolean {
    return this.holder !== '' && this.holder !== this.#options.identity;
  }

  /** Acquires or renews the Lease if it may; true when it is held from the call on. */
  async hold(call: CallOptions): Promise<boolean> {
    return (this.#own !== undefined && (await this.#write(this.#own, call))) || this.#holdSeen(call);
  }

  /** Resolves when the Lease has changed since it was read; never, when it cannot be watched. */
  async changed(call: CallOptions): Promise<void> {
    const { client, namespace, name } = this.#options;
    if (this.#version === undefined) return never();
    const which = { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion: this.#version };
    try {
      for await (const { type } of client.watch(LEASE, { ...which, ...call })) if (type !== 'BOOKMARK') return;
    } catch {
      // whoever waits reads it again after a while, and hears then what is wrong
    }
    return never();
  }

  /**
   * Gives the Lease up if it is ours, so that the next one need not wait; or deletes it, and whoever has seen it held
   * waits as for a holder that was lost.
   */
  async release(call: CallOptions): Promise<void> {
    if (!this.#mayHold) return;
    const lease = this.#own ?? (await this.#read(call));
    if (lease?.spec?.holderIdentity !== this.#options.identity) return;
    try {
      await (this.#options.atEnd === 'deleted' ? this.#delete(lease, call) : this.#free(lease, call));
      this.#mayHold = false;
    } catch (error) {
      if (!isOvertaken(error) || this.#own === undefined) throw error;
      this.#own = undefined; // changed by somebody since: look again
      return this.release(call);
    }
  }

  async #free(lease: Lease, call: CallOptions): Promise<void> {
    const free: Lease = { ...lease, spec: released(lease.spec ?? {}, this.#options.clock.now()) };
    await this.#options.client.replace(LEASE, free, call);
  }

  async #delete({ metadata }: Lease, call: CallOptions): Promise<void> {
    const { namespace = '', name, uid, resourceVersion } = metadata;
    const which = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
    await this.#options.client.delete(LEASE, { namespace, name }, { ...which, ...call });
  }

  async #holdSeen(call: CallOptions): Promise<boolean> {
    const lease = await this.#read(call);
    if (lease) this.#see(lease.spec ?? {});
    if (!this.#isFree()) return false;
    return this.#write(lease, call);
  }

  async #read(call: CallOptions): Promise<Lease | undefined> {
    const { client, namespace, name } = this.#options;
    this.#version = undefined;
    try {
      const lease = await client.get(LEASE, { namespace, name }, call);
      this.#version = lease.metadata.resourceVersion;
      return lease;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** A Lease that was deleted or cleared under its holder is not free for others before the holder has had its time. */
  #isFree(): boolean {
    return this.#seen === undefined || this.#seen.expired || this.#wasOurs || this.holder === this.#options.identity;
  }

  /** False when somebody was faster. */
  async #write(lease: Lease | undefined, call: CallOptions): Promise<boolean> {
    const { client, namespace, name, identity, clock, leaseMs } = this.#options;
    const head = lease ?? { apiVersion: LEASE.apiVersion, kind: LEASE.kind, metadata: { namespace, name } };
    const ours: Lease = { ...head, spec: heldBy(identity, lease?.spec ?? {}, clock.now(), leaseMs) };
    this.#own = undefined;
    this.#mayHold = true;
    try {
      this.#own = await (lease ? client.replace(LEASE, ours, call) : client.create(LEASE, ours, call));
    } catch (error) {
      if (isOvertaken(error)) return false;
      throw error;
    }
    this.#see(this.#own.spec ?? {});
    this.#wasOurs = true;
    return true;
  }

  #see(spec: LeaseSpec): void {
    const text = JSON.stringify(spec);
    if (this.#seen?.text === text) return;
    this.#seen?.expiry?.cancel();
    const { clock, leaseMs } = this.#options;
    const durationMs = spec.leaseDurationSeconds === undefined ? leaseMs : spec.leaseDurationSeconds * 1_000;
    const expiry = clock.after(durationMs, () => (seen.expired = true));
    const seen: Seen = { spec, text, expiry, expired: isReleased(spec) };
    this.#seen = seen;
    this.#wasOurs &&= !this.isAnothers;
  }
}

const isOvertaken = (error: unknown): boolean => isConflict(error) || isAlreadyExists(error) || isNotFound(error);

const never = (): Promise<never> => new Promise(() => {});
