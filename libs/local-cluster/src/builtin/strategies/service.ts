import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, listOf, textOf, type Fields } from './access.js';
import { validateAddresses, validateServiceUpdate } from './service-address-rules.js';
import { familyErrors } from './service-family-rules.js';
import { isReachable, validateService } from './service-rules.js';

const AFFINITY_SECONDS = 10_800;
const ADDRESS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];

export const serviceStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: true,
  changesFirst: true,
  returnsDeletedObject: true,
  hasGeneration: false,
  default(service) {
    const spec = childOf(service, 'spec');
    fillEmpty(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
    defaultAffinity(spec);
    for (const port of listOf(spec['ports'])) fillEmpty(port, { protocol: 'TCP', targetPort: port['port'] });
    defaultTraffic(spec);
  },
  prepareForCreate(service) {
    service['status'] = { loadBalancer: {} };
    const spec = childOf(service, 'spec');
    if (spec['clusterIP']) fill(spec, { clusterIPs: [spec['clusterIP']] });
    requireAddresses(service);
  },
  prepareForUpdate(service, old) {
    keepAddress(service, old);
    dropOfType(childOf(service, 'spec'), fieldsOf(old['spec']));
    requireAddresses(service);
  },
  warnings(service) {
    const { type, externalName } = fieldsOf(service['spec']);
    return externalName && type !== 'ExternalName'
      ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
      : [];
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  selectableFields(service) {
    const { clusterIP, type } = fieldsOf(service['spec']);
    return { 'spec.clusterIP': textOf(clusterIP), 'spec.type': textOf(type) };
  },
};

function defaultAffinity(spec: Fields): void {
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig'];
  if (spec['sessionAffinity'] !== 'ClientIP') return;
  fill(childOf(childOf(spec, 'sessionAffinityConfig'), 'clientIP'), { timeoutSeconds: AFFINITY_SECONDS });
}

function defaultTraffic(spec: Fields): void {
  const { type } = spec;
  if (isReachable(spec)) fillEmpty(spec, { externalTrafficPolicy: 'Cluster' });
  if (type !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
}

/** An address is allocated before anything else is judged, so that what is wrong with it is told alone. */
function requireAddresses(service: ApiObject): void {
  const spec = fieldsOf(service['spec']);
  for (const errors of [validateAddresses(spec), familyErrors(spec)])
    if (errors.length > 0) throw invalid({ group: '', kind: 'Service' }, service.metadata.name, errors);
}

/** Who leaves the address out of an update keeps it (patchAllocatedValues); who changes it alone means the list, too. */
function keepAddress(service: ApiObject, old: ApiObject): void {
  const spec = childOf(service, 'spec');
  const before = fieldsOf(old['spec']);
  if (spec['type'] !== 'ExternalName' && before['type'] !== 'ExternalName')
    for (const field of ADDRESS) if (isUnset(spec[field]) && before[field]) spec[field] = before[field];
  if (!spec['clusterIP'] || spec['clusterIP'] === before['clusterIP']) return;
  if (isDeepStrictEqual(spec['clusterIPs'], before['clusterIPs'])) spec['clusterIPs'] = [spec['clusterIP']];
}

const isUnset = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0);

/** What only a Service's former type had goes with it, unless somebody says it anew (dropTypeDependentFields). */
function dropOfType(spec: Fields, before: Fields): void {
  const drop = (...fields: readonly string[]): void => {
    for (const field of fields) if (isDeepStrictEqual(spec[field], before[field])) delete spec[field];
  };
  const became = (is: (of: Fields) => boolean): boolean => is(before) && !is(spec);
  if (became(({ type }) => type !== 'ExternalName')) drop(...ADDRESS, 'internalTrafficPolicy');
  if (became(hasNodePorts)) dropNodePorts(spec, before);
  if (became(({ type, externalTrafficPolicy: policy }) => type === 'LoadBalancer' && policy === 'Local'))
    drop('healthCheckNodePort');
  if (became(({ type }) => type === 'LoadBalancer')) drop('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (became(isReachable)) drop('externalTrafficPolicy');
}

const hasNodePorts = ({ type }: Fields): boolean => type === 'NodePort' || type === 'LoadBalancer';

function dropNodePorts(spec: Fields, before: Fields): void {
  const ports = (of: Fields): unknown[] => listOf(of['ports']).map(({ nodePort }) => nodePort);
  if (isDeepStrictEqual(ports(spec), ports(before))) for (const port of listOf(spec['ports'])) delete port['nodePort'];
}
