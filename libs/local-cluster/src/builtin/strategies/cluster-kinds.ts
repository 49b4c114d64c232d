import { isDeepStrictEqual } from 'node:util';
import { isIP } from 'node:net';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { invalidValue, required } from '../../schema/field-errors.js';
import { immutableErrors } from './metadata.js';
import { shareErrors, wholeErrors } from './percent.js';
import { canonicalise } from './quantities.js';

export const nodeStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  hasGeneration: false,
  default(node) {
    const status = fieldsOf(node['status']);
    canonicalise(status['capacity']);
    canonicalise(status['allocatable']);
    if (status['capacity']) fill(status, { allocatable: structuredClone(status['capacity']) });
  },
  selectableFields: (node) => ({ 'spec.unschedulable': String(fieldsOf(node['spec'])['unschedulable'] ?? false) }),
};

export const leaseStrategy: Strategy = {
  allowCreateOnUpdate: true,
  hasGeneration: false,
  validate(lease) {
    const spec = fieldsOf(lease['spec']);
    const seconds = numberOf(spec['leaseDurationSeconds']);
    const transitions = numberOf(spec['leaseTransitions']);
    return [
      ...(seconds !== undefined && seconds <= 0
        ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
        : []),
      ...(transitions !== undefined && transitions < 0
        ? [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
        : []),
    ];
  },
};

export const disruptionBudgetStrategy: Strategy = {
  prepareForCreate(budget) {
    budget['status'] = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
  validate(budget) {
    const { minAvailable, maxUnavailable } = fieldsOf(budget['spec']);
    const detail = 'minAvailable and maxUnavailable cannot be both set';
    const areBoth = minAvailable != null && maxUnavailable != null;
    return [
      ...(areBoth ? [invalidValue('spec', budgetInGo(fieldsOf(budget['spec'])), detail)] : []),
      ...[{ minAvailable }, { maxUnavailable }].flatMap(shareFieldErrors),
    ];
  },
};

function shareFieldErrors(share: Fields): FieldError[] {
  return Object.entries(share).flatMap(([name, value]) => [
    ...shareErrors(value, `spec.${name}`),
    ...wholeErrors(value, `spec.${name}`),
  ]);
}

/** A budget as Go shows it. */
const budgetInGo = (spec: Fields): Fields => ({
  MinAvailable: spec['minAvailable'],
  Selector: spec['selector'] ?? null,
  MaxUnavailable: spec['maxUnavailable'],
  UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
});

export const endpointSliceStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  default(slice) {
    for (const port of listOf(slice['ports'])) {
      fillEmpty(port, { protocol: 'TCP' });
      fill(port, { name: '' });
    }
  },
  validate(slice) {
    return listOf(slice['endpoints']).flatMap((endpoint, index) => {
      const field = `endpoints[${index}].addresses`;
      const addresses = textsOf(endpoint['addresses']);
      if (addresses.length === 0) return [required(field, 'must contain at least 1 address')];
      return addresses.flatMap((address, at) => addressErrors(address, `${field}[${at}]`, slice['addressType']));
    });
  },
  prepareForUpdate(slice, old) {
    const { metadata } = slice;
    if (!isDeepStrictEqual(metadata.labels ?? {}, old.metadata.labels ?? {}))
      metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  validateUpdate: (slice, old) => immutableErrors('addressType', slice['addressType'], old['addressType']),
};

/** Only addresses that other nodes can reach (ValidateEndpointIP). */
function addressErrors(address: string, field: string, type: unknown): FieldError[] {
  if (type !== 'IPv4') return [];
  if (isIP(address) !== 4) return [invalidValue(field, address, 'must be an IPv4 address')];
  const refused: readonly (readonly [RegExp, string])[] = [
    [/^0\.0\.0\.0$/, 'may not be unspecified (0.0.0.0)'],
    [/^127\./, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    [/^169\.254\./, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
    [/^224\.0\.0\./, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
  ];
  return refused.flatMap(([range, detail]) => (range.test(address) ? [invalidValue(field, address, detail)] : []));
}

export const eventStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: true,
  hasGeneration: false,
  default(event) {
    fill(event, { source: {}, reportingComponent: '', reportingInstance: '' });
    fill(event, { firstTimestamp: null, lastTimestamp: null, eventTime: null });
    childOf(event, 'involvedObject');
  },
  defaultPropagation: 'Unsupported',
  selectableFields: eventFields,
};

function eventFields(event: ApiObject): Record<string, string> {
  const subject = fieldsOf(event['involvedObject']);
  const names = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return {
    ...Object.fromEntries(names.map((name) => [`involvedObject.${name}`, textOf(subject[name])])),
    reason: textOf(event['reason']),
    reportingComponent: textOf(event['reportingComponent']),
    source: textOf(fieldsOf(event['source'])['component']) || textOf(event['reportingComponent']),
    type: textOf(event['type']),
  };
}
