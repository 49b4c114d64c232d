import type { FieldError } from '../../../api-error.js';
import { labelKeyFaults } from '../../../rest/label-rules.js';
import { forbiddenField, invalidFor, invalidValue, required } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from '../access.js';
import { labelFaults, subdomainFaults } from '../names.js';
import { requirementErrors, selectorErrors } from '../shared-rules.js';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Errors of where a Pod wants to be. */
export function affinityErrors(affinity: Fields, field: string): FieldError[] {
  return [
    ...nodeErrors(fieldsOf(affinity['nodeAffinity']), `${field}.nodeAffinity`),
    ...podErrors(fieldsOf(affinity['podAffinity']), `${field}.podAffinity`),
    ...podErrors(fieldsOf(affinity['podAntiAffinity']), `${field}.podAntiAffinity`),
  ];
}

function nodeErrors(affinity: Fields, field: string): FieldError[] {
  const needed = affinity[REQUIRED];
  const terms = listOf(fieldsOf(needed)['nodeSelectorTerms']);
  const at = `${field}.${REQUIRED}.nodeSelectorTerms`;
  return [
    ...(needed != null && terms.length === 0 ? [required(at, 'must have at least one node selector term')] : []),
    ...terms.flatMap((term, index) => termErrors(term, `${at}[${index}]`)),
    ...listOf(affinity[PREFERRED]).flatMap(({ weight, preference }, index) => [
      ...weightErrors(weight, `${field}.${PREFERRED}[${index}].weight`),
      ...withoutValues(termErrors(fieldsOf(preference), `${field}.${PREFERRED}[${index}].preference`)),
    ]),
  ];
}

/** What is only preferred may have values that no label has. */
const withoutValues = (errors: readonly FieldError[]): FieldError[] =>
  errors.filter(({ field }) => !/\.matchExpressions\[\d+\]\.values\[\d+\]$/.test(field));

function weightErrors(value: unknown, field: string): FieldError[] {
  const weight = numberOf(value) ?? 0;
  return weight > 0 && weight <= 100 ? [] : [invalidValue(field, weight, 'must be in the range 1-100')];
}

const termErrors = (term: Fields, field: string): FieldError[] => [
  ...listOf(term['matchExpressions']).flatMap((expression, index) =>
    nodeRequirementErrors(expression, `${field}.matchExpressions[${index}]`),
  ),
  ...listOf(term['matchFields']).flatMap((expression, index) =>
    nodeFieldErrors(expression, `${field}.matchFields[${index}]`),
  ),
];

/** As of labels elsewhere, and numbers that are greater or less. */
function nodeRequirementErrors(requirement: Fields, field: string): FieldError[] {
  if (!['Gt', 'Lt'].includes(textOf(requirement['operator']))) return requirementErrors(requirement, field);
  const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
  return [
    ...(textsOf(requirement['values']).length === 1 ? [] : [required(`${field}.values`, detail)]),
    ...invalidFor(`${field}.key`, requirement['key'], labelKeyFaults(textOf(requirement['key']))),
  ];
}

function nodeFieldErrors({ key, operator, values }: Fields, field: string): FieldError[] {
  const names = textsOf(values);
  const isSet = ['In', 'NotIn'].includes(textOf(operator));
  const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
  const errors: FieldError[] = [];
  if (!isSet) errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  if (isSet && names.length !== 1) errors.push(required(`${field}.values`, detail));
  if (key !== 'metadata.name') return [...errors, invalidValue(`${field}.key`, key, 'not a valid field selector key')];
  return [
    ...errors,
    ...names.flatMap((name, index) => invalidFor(`${field}.values[${index}]`, name, subdomainFaults(name))),
  ];
}

const podErrors = (affinity: Fields, field: string): FieldError[] => [
  ...listOf(affinity[REQUIRED]).flatMap((term, index) => podTermErrors(term, `${field}.${REQUIRED}[${index}]`)),
  ...listOf(affinity[PREFERRED]).flatMap(({ weight, podAffinityTerm }, index) => [
    ...weightErrors(weight, `${field}.${PREFERRED}[${index}].weight`),
    ...podTermErrors(fieldsOf(podAffinityTerm), `${field}.${PREFERRED}[${index}].podAffinityTerm`),
  ]),
];

const podTermErrors = (term: Fields, field: string): FieldError[] => [
  ...selectorErrors(term['labelSelector'], `${field}.labelSelector`),
  ...selectorErrors(term['namespaceSelector'], `${field}.namespaceSelector`),
  ...textsOf(term['namespaces']).flatMap((name) => invalidFor(`${field}.namespace`, name, labelFaults(name))),
  ...matchKeyErrors(term, field),
  ...(term['topologyKey'] ? [] : [required(`${field}.topologyKey`, 'can not be empty')]),
  ...invalidFor(`${field}.topologyKey`, textOf(term['topologyKey']), labelKeyFaults(textOf(term['topologyKey']))),
];

/** Errors of the keys whose values a Pod shares with those it looks for, or does not. */
export function matchKeyErrors(
  { matchLabelKeys, mismatchLabelKeys, labelSelector }: Fields,
  field: string,
): FieldError[] {
  const [same, other] = [textsOf(matchLabelKeys), textsOf(mismatchLabelKeys)];
  const keysErrors = (name: string, keys: readonly string[]): FieldError[] => {
    const at = `${field}.${name}`;
    if (keys.length > 0 && labelSelector == null)
      return [forbiddenField(at, 'must not be specified when labelSelector is not set')];
    return keys.flatMap((key, index) => invalidFor(`${at}[${index}]`, key, labelKeyFaults(key)));
  };
  const detail = 'exists in both matchLabelKeys and mismatchLabelKeys';
  return [
    ...keysErrors('matchLabelKeys', same),
    ...keysErrors('mismatchLabelKeys', other),
    ...same.flatMap((key, index) =>
      other.includes(key) ? [invalidValue(`${field}.matchLabelKeys[${index}]`, key, detail)] : [],
    ),
  ];
}
