import { isIP } from 'node:net';
import type { Random } from '@sympozium/process';
import { ApiError, invalid } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { childOf, fieldsOf, fill, textOf, textsOf } from '../builtin/strategies/access.js';
import { familiesOf, familyErrors } from '../builtin/strategies/service-family-rules.js';
import { invalidValue } from '../schema/field-errors.js';
import { keyOf, prefixOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from '../rest/object-api.js';

const SERVICES = { group: '', plural: 'services' };
/** Addresses below are left to those who name theirs, as the real allocator does. */
const FIRST_FREE = 256;

/** Gives Services their address: one at random, so that local clusters on one machine, which share a range, hardly meet. */
export class ServiceAddresses {
  readonly #store: RevisionStore;
  readonly #random: Random;
  readonly #base: number;
  readonly #size: number;
  /** Given out to a Service that the store does not show yet, by its key: reads see only what is durable. */
  readonly #pending = new Map<string, string>();

  constructor(store: RevisionStore, random: Random, range: string) {
    const [base = '', bits = ''] = range.split('/');
    this.#store = store;
    this.#random = random;
    this.#base = toNumber(base);
    this.#size = 2 ** (32 - Number(bits));
  }

  /** Allocates for a new Service, and for one that becomes more than a name. */
  admit({ operation, object: service, old, dryRun }: AdmissionRequest): void {
    if (!service || operation === 'DELETE') return;
    const spec = childOf(service, 'spec');
    const hadAddress = old !== undefined && fieldsOf(old['spec'])['type'] !== 'ExternalName';
    if (spec['type'] === 'ExternalName' || hadAddress) return;
    const wish = textOf(spec['clusterIP']);
    if (isRefused(wish, textsOf(spec['clusterIPs'])) || familyErrors(spec).length > 0) return;
    const address = wish === 'None' ? wish : this.#allocate(service, wish, dryRun);
    Object.assign(spec, { clusterIP: address, ...familiesOf(spec) });
    fill(spec, { clusterIPs: [address] });
  }

  #allocate(service: ApiObject, wish: string, dryRun: boolean): string {
    const key = keyOf(SERVICES, service.metadata);
    const used = this.#used(key);
    const address = wish === '' ? this.#anyFree(used) : this.#explicit(service, wish, used);
    if (!dryRun) this.#pending.set(key, address);
    return address;
  }

  /** All that is taken by others than the Service itself. */
  #used(own: string): Set<string> {
    const used = new Set<string>();
    for (const service of this.#store.list(prefixOf(SERVICES))) {
      const key = keyOf(SERVICES, service.metadata);
      const { clusterIP } = fieldsOf(service['spec']);
      if (key !== own) used.add(textOf(clusterIP));
      if (this.#pending.get(key) === clusterIP) this.#pending.delete(key);
    }
    for (const [key, address] of this.#pending) if (key !== own) used.add(address);
    return used;
  }

  /** The first that is free from somewhere on. */
  #anyFree(used: ReadonlySet<string>): string {
    const first = Math.min(FIRST_FREE, this.#size >> 4);
    const count = this.#size - 1 - first;
    const start = Buffer.from(this.#random.bytes(4)).readUInt32BE() % count;
    for (let step = 0; step < count; step++) {
      const address = toText(this.#base + first + ((start + step) % count));
      if (!used.has(address)) return address;
    }
    this.#pending.clear();
    throw new ApiError(500, 'InternalError', 'Internal error occurred: failed to allocate a serviceIP: range is full');
  }

  #explicit(service: ApiObject, wish: string, used: ReadonlySet<string>): string {
    const offset = toNumber(wish) - this.#base;
    if (!(offset > 0 && offset < this.#size - 1))
      this.#refuse(service, wish, 'the provided network does not match the current range');
    if (used.has(wish)) this.#refuse(service, wish, 'provided IP is already allocated');
    return wish;
  }

  #refuse(service: ApiObject, wish: string, why: string): never {
    throw invalid({ group: '', kind: 'Service' }, service.metadata.name, [
      invalidValue('spec.clusterIPs', [wish], `failed to allocate IP ${wish}: ${why}`),
    ]);
  }
}

/** What validation will refuse gets no address. */
const isRefused = (wish: string, addresses: readonly string[]): boolean =>
  (wish === '' && addresses.length > 0) ||
  (wish !== '' && wish !== 'None' && isIP(wish) === 0) ||
  (addresses.length > 0 && addresses[0] !== wish);

/** NaN for what is no IPv4 address. */
function toNumber(address: string): number {
  const parts = address.split('.').map(Number);
  return parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + part, 0) : NaN;
}

const toText = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
