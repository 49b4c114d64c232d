import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, listOf, textOf, textsOf, type Fields } from './access.js';
import { validateServiceUpdate } from './service-address-rules.js';
import { validateService } from './service-rules.js';

const AFFINITY_SECONDS = 10_800;

export const serviceStrategy: Strategy = {
  allowUnconditionalUpdate: true,
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
  },
  prepareForUpdate: keepAddress,
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
  if (type === 'NodePort' || type === 'LoadBalancer') fillEmpty(spec, { externalTrafficPolicy: 'Cluster' });
  if (type !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
}

/** Who changes but one of the two fields means both (NormalizeClusterIPs). */
function followAddress(spec: Fields, before: Fields): void {
  const isSame = (field: string): boolean => JSON.stringify(spec[field]) === JSON.stringify(before[field]);
  if (isSame('clusterIP') === isSame('clusterIPs')) return;
  if (isSame('clusterIPs') && spec['clusterIP']) spec['clusterIPs'] = [spec['clusterIP']];
  else if (isSame('clusterIP') && spec['clusterIPs']) [spec['clusterIP']] = textsOf(spec['clusterIPs']);
}

/** Who leaves the address out of an update keeps it (patchAllocatedValues). */
function keepAddress(service: ApiObject, old: ApiObject): void {
  const spec = childOf(service, 'spec');
  const before = fieldsOf(old['spec']);
  if (spec['type'] === 'ExternalName' || before['type'] === 'ExternalName') return;
  followAddress(spec, before);
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
    if (!spec[field] && before[field]) spec[field] = before[field];
}
