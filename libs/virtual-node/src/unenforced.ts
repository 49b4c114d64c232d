import type { V1Container } from '@kubernetes/client-node';
import type { Pod } from './pod.js';

/** Fields of a Pod that ask for isolation or limits which processes of one user do not have. */
export function unenforcedFields(pod: Pod): string[] {
  const { spec } = pod;
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const some = (field: (container: V1Container) => unknown): boolean => containers.some((c) => isSet(field(c)));
  const found: [string, boolean][] = [
    ['securityContext', isSet(spec.securityContext)],
    ['containers.securityContext', some((c) => c.securityContext)],
    ['containers.resources', some((c) => c.resources?.limits ?? c.resources?.requests)],
    ['containers.livenessProbe', some((c) => c.livenessProbe)],
    ['containers.readinessProbe', some((c) => c.readinessProbe)],
    ['containers.startupProbe', some((c) => c.startupProbe)],
    ['containers.lifecycle', some((c) => c.lifecycle)],
    ['hostNetwork', spec.hostNetwork === true],
    ['hostPID', spec.hostPID === true],
    ['dnsConfig', isSet(spec.dnsConfig)],
    ['runtimeClassName', isSet(spec.runtimeClassName)],
    ['emptyDir.sizeLimit', (spec.volumes ?? []).some(({ emptyDir }) => isSet(emptyDir?.sizeLimit))],
    ['read-only mounts', some((c) => c.volumeMounts?.find(({ readOnly }) => readOnly))],
  ];
  return found.filter(([, present]) => present).map(([name]) => name);
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && !(typeof value === 'object' && Object.keys(value).length === 0);
