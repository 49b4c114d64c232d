import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { fieldsOf, fillEmpty, listOf, textOf, textsOf, type Fields } from './access.js';
import { invalidFor, invalidValue, notSupported, required } from '../../schema/field-errors.js';
import { immutableErrors } from './metadata.js';
import { pathSegmentFaults, subdomainFaults } from './names.js';

const GROUP = 'rbac.authorization.k8s.io';

const KNOWN_SUBJECTS = ['ServiceAccount', 'User', 'Group'];

const traits = { allowUnconditionalUpdate: true, allowCreateOnUpdate: true, hasGeneration: false } as const;

export const roleStrategy: Strategy = { ...traits, validate: (role) => ruleErrors(role, true) };

export const clusterRoleStrategy: Strategy = { ...traits, validate: (role) => ruleErrors(role, false) };

const bindingTraits: Strategy = {
  ...traits,
  default(binding) {
    fillEmpty(fieldsOf(binding['roleRef']), { apiGroup: GROUP });
    for (const subject of listOf(binding['subjects']))
      if (subject['kind'] !== 'ServiceAccount') fillEmpty(subject, { apiGroup: GROUP });
  },
  validateUpdate(binding, old) {
    return immutableErrors('roleRef', goFields(binding['roleRef']), goFields(old['roleRef']));
  },
};

/** A RoleRef as Go shows it. */
function goFields(reference: unknown): Fields {
  const { apiGroup, kind, name } = fieldsOf(reference);
  return { APIGroup: apiGroup, Kind: kind, Name: name };
}

export const roleBindingStrategy: Strategy = {
  ...bindingTraits,
  validate: (binding) => bindingErrors(binding, ['Role', 'ClusterRole']),
};

export const clusterRoleBindingStrategy: Strategy = {
  ...bindingTraits,
  validate: (binding) => bindingErrors(binding, ['ClusterRole']),
};

function ruleErrors(role: ApiObject, namespaced: boolean): FieldError[] {
  const rules = listOf(role['rules']);
  return [
    ...rules.flatMap((rule, index) => oneRuleErrors(rule, `rules[${index}]`, namespaced)),
    ...rules.flatMap(({ verbs }, index) => (textsOf(verbs).length > 0 ? [] : [required(`rules[${index}].verbs`)])),
  ];
}

function oneRuleErrors(rule: Fields, field: string, namespaced: boolean): FieldError[] {
  const has = (name: string): boolean => textsOf(rule[name]).length > 0;
  const errors: FieldError[] = [];
  if (has('nonResourceURLs')) return urlErrors(rule, field, namespaced);
  if (!has('apiGroups'))
    errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!has('resources'))
    errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

function urlErrors(rule: Fields, field: string, namespaced: boolean): FieldError[] {
  const at = `${field}.nonResourceURLs`;
  const urls = rule['nonResourceURLs'];
  if (namespaced) return [invalidValue(at, urls, 'namespaced rules cannot apply to non-resource URLs')];
  const isMixed = ['apiGroups', 'resources', 'resourceNames'].some((name) => textsOf(rule[name]).length > 0);
  return isMixed ? [invalidValue(at, urls, 'rules cannot apply to both regular resources and non-resource URLs')] : [];
}

function bindingErrors(binding: ApiObject, kinds: readonly string[]): FieldError[] {
  const { apiGroup, kind, name } = fieldsOf(binding['roleRef']);
  const subjects = listOf(binding['subjects']);
  return [
    ...(apiGroup === GROUP ? [] : [notSupported('roleRef.apiGroup', apiGroup, [GROUP])]),
    ...(kinds.includes(textOf(kind)) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...invalidFor('roleRef.name', name, pathSegmentFaults(textOf(name))),
    ...subjects.flatMap((subject, index) =>
      subjectErrors(subject, `subjects[${index}]`, binding.metadata.namespace !== undefined),
    ),
    ...subjects.flatMap((subject, index) => (subject['name'] ? [] : [required(`subjects[${index}].name`)])),
    ...(name ? [] : [required('roleRef.name')]),
  ];
}

function subjectErrors({ name, kind, namespace, apiGroup }: Fields, field: string, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (kind === 'ServiceAccount' && name)
    errors.push(...invalidFor(`${field}.name`, name, subdomainFaults(textOf(name))));
  const group = kind === 'ServiceAccount' ? '' : GROUP;
  if (KNOWN_SUBJECTS.includes(textOf(kind)) && textOf(apiGroup) !== group)
    errors.push(notSupported(`${field}.apiGroup`, textOf(apiGroup), [group]));
  if (kind === 'ServiceAccount' && !namespaced && !namespace) errors.push(required(`${field}.namespace`));
  if (!KNOWN_SUBJECTS.includes(textOf(kind))) errors.push(notSupported(`${field}.kind`, kind, KNOWN_SUBJECTS));
  return errors;
}
