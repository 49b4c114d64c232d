import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { labelKeyFaults, labelValueFaults } from '../../rest/label-rules.js';
import { duplicate, forbiddenField, invalidFor, invalidValue } from '../../schema/field-errors.js';
import { childOf, fieldsOf, fill, listOf, textOf, textsOf, type Fields } from './access.js';
import { inGo } from './go-values.js';
import { cidrErrors } from './ip-rules.js';
import { canonicalise } from './quantities.js';
import { neededChoiceErrors } from './shared-rules.js';

export const nodeStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  hasGeneration: false,
  default(node) {
    const spec = childOf(node, 'spec');
    if (spec['podCIDR']) fill(spec, { podCIDRs: [spec['podCIDR']] });
    const status = fieldsOf(node['status']);
    canonicalise(status['capacity']);
    canonicalise(status['allocatable']);
    if (status['capacity']) fill(status, { allocatable: structuredClone(status['capacity']) });
  },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: (node, old) => [...validateNode(node), ...validateNodeUpdate(node, old)],
  selectableFields: (node) => ({ 'spec.unschedulable': String(fieldsOf(node['spec'])['unschedulable'] ?? false) }),
};

function validateNode(node: ApiObject): FieldError[] {
  const spec = fieldsOf(node['spec']);
  return [
    ...taintErrors(listOf(spec['taints']), 'metadata.taints'),
    ...addressErrors(listOf(fieldsOf(node['status'])['addresses'])),
    ...textsOf(spec['podCIDRs']).flatMap((range, index) => cidrErrors(range, `spec.podCIDRs[${index}]`)),
  ];
}

const taintErrors = (taints: readonly Fields[], field: string): FieldError[] =>
  taints.flatMap((taint, index) => {
    const at = `${field}[${index}]`;
    const { key, value, effect } = taint;
    const isTwice = taints.slice(0, index).some((other) => other['key'] === key && other['effect'] === effect);
    const errors = [
      ...invalidFor(`${at}.key`, textOf(key), labelKeyFaults(textOf(key))),
      ...labelValueFaults(textOf(value)).map((fault) => invalidValue(`${at}.value`, textOf(value), fault)),
      ...neededChoiceErrors(taint, at, { effect: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] }),
    ];
    const shown = inGo(taint, { key: '', value: '', effect: '', timeAdded: null });
    return isTwice
      ? [...errors, { ...duplicate(at, shown), message: `${duplicate(at, shown).message}: ${TWICE}` }]
      : errors;
  });

const TWICE = 'taints must be unique by key and effect pair';

const addressErrors = (addresses: readonly Fields[]): FieldError[] =>
  addresses.flatMap((address, index) =>
    addresses.findIndex((other) => isDeepStrictEqual(other, address)) < index
      ? [duplicate(`status.addresses[${index}]`, inGo(address, { type: '', address: '' }))]
      : [],
  );

function validateNodeUpdate(node: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(node['spec']);
  const before = fieldsOf(old['spec']);
  const ranges = textsOf(before['podCIDRs']);
  const isMoved = ranges.length > 0 && !isDeepStrictEqual(ranges, textsOf(spec['podCIDRs']));
  const detail = 'node updates may not change podCIDR except from "" to valid';
  const errors = isMoved ? [forbiddenField('spec.podCIDRs', detail)] : [];
  if (!before['providerID'] || before['providerID'] === spec['providerID']) return errors;
  const what = spec['providerID'] ? 'modified' : 'cleared';
  return [...errors, invalidValue('spec.providerID', null, `field cannot be ${what} once set`)];
}
