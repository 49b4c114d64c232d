import type { Container, Pod } from './pod.js';
import { allContainers } from './pod.js';

/** Fields of a Pod that ask for isolation, limits or checks which this node does not give. */
export function unenforcedFields(pod: Pod): string[] {
  const containers = allContainers(pod);
  return [
    ...POD_FIELDS.filter(([, asks]) => isSet(asks(pod.spec))),
    ...CONTAINER_FIELDS.filter(([, asks]) => containers.some((container) => isSet(asks(container)))),
  ].map(([name]) => name);
}

type Field<T> = readonly [name: string, asks: (of: T) => unknown];

const POD_FIELDS: readonly Field<Pod['spec']>[] = [
  ['securityContext', (spec) => spec.securityContext],
  ['hostNetwork', (spec) => spec.hostNetwork],
  ['hostPID', (spec) => spec.hostPID],
  ['hostAliases', (spec) => spec.hostAliases],
  ['dnsConfig', (spec) => spec.dnsConfig],
  ['readinessGates', (spec) => spec.readinessGates],
  ['runtimeClassName', (spec) => spec.runtimeClassName],
  ['emptyDir.sizeLimit', (spec) => spec.volumes?.some(({ emptyDir }) => isSet(emptyDir?.sizeLimit))],
];

const CONTAINER_FIELDS: readonly Field<Container>[] = [
  ['containers.securityContext', (container) => container.securityContext],
  ['containers.resources', ({ resources }) => resources?.limits ?? resources?.requests],
  ['containers.lifecycle.stopSignal', ({ lifecycle }) => lifecycle?.stopSignal],
  ['containers.ports.hostPort', ({ ports }) => ports?.some(({ hostPort }) => hostPort)],
  ['containers.volumeMounts.readOnly', ({ volumeMounts }) => volumeMounts?.some(({ readOnly }) => readOnly)],
];

const isSet = (value: unknown): boolean =>
  Boolean(value) && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0);
