import { ApiError, invalid } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../builtin/strategies/access.js';
import { keyOf, prefixOf } from '../rest/store-key.js';
import { invalidValue } from '../schema/field-errors.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from '../rest/object-api.js';

const SERVICES = { group: '', plural: 'services' };
/** kube-apiserver's default range. */
const RANGE = { first: 30_000, last: 32_767 };
/** Ports below are left to those who name theirs, as the real allocator does. */
const FIRST_FREE = 30_086;

/** Gives the ports of NodePort and LoadBalancer Services a port of each node: the lowest that is free. */
export class NodePorts {
  readonly #store: RevisionStore;
  /** Given out to Services that the store does not show yet, by their keys. */
  readonly #pending = new Map<string, readonly number[]>();

  constructor(store: RevisionStore) {
    this.#store = store;
  }

  admit({ operation, object: service, old, dryRun }: AdmissionRequest): void {
    if (!service || operation === 'DELETE') return;
    const spec = fieldsOf(service['spec']);
    const before = listOf(fieldsOf(old?.['spec'])['ports']);
    const ports = listOf(spec['ports']);
    if (!isOpen(spec)) return ports.forEach((port) => forget(port, before));
    keep(ports, before);
    const key = keyOf(SERVICES, service.metadata);
    const used = this.#used(key);
    const own = new Set(before.map(({ nodePort }) => nodePort));
    ports.forEach((port, index) => {
      if (port['nodePort']) check(service, port, index, { used, own });
    });
    for (const port of ports) port['nodePort'] ||= this.#free(used, ports);
    if (!dryRun) this.#pending.set(key, ports.map(portOf));
  }

  /** All that is taken by others than the Service itself. */
  #used(own: string): Set<number> {
    const used = new Set<number>();
    for (const service of this.#store.list(prefixOf(SERVICES))) {
      const key = keyOf(SERVICES, service.metadata);
      const stored = listOf(fieldsOf(service['spec'])['ports']).map(portOf);
      if (this.#pending.get(key)?.every((port) => stored.includes(port))) this.#pending.delete(key);
      if (key !== own) for (const port of stored) used.add(port);
    }
    for (const [key, ports] of this.#pending) if (key !== own) for (const port of ports) used.add(port);
    return used;
  }

  #free(used: ReadonlySet<number>, ports: readonly Fields[]): number {
    const wished = new Set(ports.map(portOf));
    for (let port = FIRST_FREE; port <= RANGE.last; port++) if (!used.has(port) && !wished.has(port)) return port;
    this.#pending.clear();
    const why = 'failed to allocate a nodePort: range is full';
    throw new ApiError(500, 'InternalError', `Internal error occurred: ${why}`);
  }
}

const portOf = ({ nodePort }: Fields): number => numberOf(nodePort) ?? 0;

const isOpen = ({ type, allocateLoadBalancerNodePorts }: Fields): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);

/** A Service that is closed keeps no port that it was given. */
function forget(port: Fields, before: readonly Fields[]): void {
  if (before.some(({ nodePort }) => nodePort === port['nodePort'])) delete port['nodePort'];
}

/** Who leaves a port out of an update keeps it (patchAllocatedValues). */
function keep(ports: readonly Fields[], before: readonly Fields[]): void {
  const sameAs = (port: Fields) => (other: Fields) =>
    other['port'] === port['port'] && textOf(other['protocol']) === textOf(port['protocol']);
  for (const port of ports) port['nodePort'] ||= before.find(sameAs(port))?.['nodePort'];
}

function check(
  service: ApiObject,
  port: Fields,
  index: number,
  { used, own }: { used: ReadonlySet<number>; own: ReadonlySet<unknown> },
): void {
  const number = portOf(port);
  if (own.has(number)) return;
  const refuse = (why: string): never => {
    const error = invalidValue(`spec.ports[${index}].nodePort`, number, why);
    throw invalid({ group: '', kind: 'Service' }, service.metadata.name, [error]);
  };
  if (number < RANGE.first || number > RANGE.last)
    refuse(`provided port is not in the valid range. The range of valid ports is ${RANGE.first}-${RANGE.last}`);
  if (used.has(number)) refuse('provided port is already allocated');
}
