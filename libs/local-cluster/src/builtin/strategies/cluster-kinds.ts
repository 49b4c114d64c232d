import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, listOf, numberOf, textOf, type Fields } from './access.js';
import { invalidValue } from '../../schema/field-errors.js';
import { immutableErrors } from './metadata.js';
import { validateEndpointSlice } from './endpoint-slice-rules.js';
import { shareErrors, wholeErrors } from './percent.js';
import { choiceErrors, countErrors, selectorErrors } from './shared-rules.js';

export const leaseStrategy: Strategy = {
  allowCreateOnUpdate: true,
  hasGeneration: false,
  validate(lease) {
    const spec = fieldsOf(lease['spec']);
    const seconds = numberOf(spec['leaseDurationSeconds']);
    return [
      ...(seconds !== undefined && seconds <= 0
        ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
        : []),
      ...countErrors(spec, 'spec', ['leaseTransitions']),
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
      ...selectorErrors(fieldsOf(budget['spec'])['selector'], 'spec.selector'),
      ...choiceErrors(fieldsOf(budget['spec']), 'spec', {
        unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'],
      }),
    ];
  },
  validateStatusUpdate: ({ status }) =>
    countErrors(fieldsOf(status), 'status', ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']),
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
  validate: validateEndpointSlice,
  prepareForUpdate(slice, old) {
    const { metadata } = slice;
    if (!isDeepStrictEqual(metadata.labels ?? {}, old.metadata.labels ?? {}))
      metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  validateUpdate: (slice, old) => immutableErrors('addressType', slice['addressType'], old['addressType']),
};

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
  validate(event) {
    const { namespace } = fieldsOf(event['involvedObject']);
    const subject = textOf(namespace);
    const isElsewhere = subject === '' ? event.metadata.namespace !== 'default' : subject !== event.metadata.namespace;
    const detail = 'does not match event.namespace';
    return isElsewhere ? [invalidValue('involvedObject.namespace', subject, detail)] : [];
  },
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
