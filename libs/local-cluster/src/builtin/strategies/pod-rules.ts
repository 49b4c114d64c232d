import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from './access.js';
import { invalidFor, invalidValue, forbiddenField, notSupported, required } from '../../schema/field-errors.js';
import { containerErrors } from './container-rules.js';
import { annotationErrors, labelErrors } from './metadata.js';
import { subdomainFaults } from './names.js';
import { duplicateErrors, nameErrors } from './shared-rules.js';

const MAX_INT32 = 2_147_483_647;
const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only ' +
  'additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was ' +
  'previously negative)';

export const validatePod = (pod: ApiObject): FieldError[] => podSpecErrors(fieldsOf(pod['spec']), 'spec');

/** Errors of a template's metadata and spec. */
export function templateErrors(template: Fields, field: string): FieldError[] {
  const { labels, annotations } = fieldsOf(template['metadata']);
  return [
    ...labelErrors(labels, `${field}.labels`),
    ...annotationErrors(annotations, `${field}.annotations`),
    ...podSpecErrors(fieldsOf(template['spec']), `${field}.spec`),
  ];
}

function podSpecErrors(spec: Fields, field: string): FieldError[] {
  const volumes = listOf(spec['volumes']);
  const names = new Set(volumes.map(({ name }) => textOf(name)));
  const containers = listOf(spec['containers']);
  return [
    ...volumes.flatMap((volume, index) => nameErrors(volume, `${field}.volumes[${index}]`)),
    ...duplicateErrors(volumes, `${field}.volumes`),
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...containerErrors(containers, `${field}.containers`, names),
    ...containerErrors(listOf(spec['initContainers']), `${field}.initContainers`, names),
    ...choiceErrors(spec, field),
    ...nodeSelectorErrors(spec, field),
    ...accountErrors(spec, field),
    ...deadlineErrors(spec, field),
  ];
}

const CHOICES = {
  restartPolicy: ['Always', 'OnFailure', 'Never'],
  dnsPolicy: ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'],
};

const choiceErrors = (spec: Fields, field: string): FieldError[] =>
  Object.entries(CHOICES).flatMap(([name, choices]) =>
    choices.includes(textOf(spec[name])) ? [] : [notSupported(`${field}.${name}`, spec[name], choices)],
  );

const nodeSelectorErrors = (spec: Fields, field: string): FieldError[] =>
  labelErrors(spec['nodeSelector'], `${field}.nodeSelector`);

const accountErrors = (spec: Fields, field: string): FieldError[] =>
  ['serviceAccountName', 'nodeName'].flatMap((name) =>
    spec[name] ? invalidFor(`${field}.${name}`, spec[name], subdomainFaults(textOf(spec[name]))) : [],
  );

function deadlineErrors(spec: Fields, field: string): FieldError[] {
  const seconds = numberOf(spec['activeDeadlineSeconds']);
  if (seconds === undefined || (seconds >= 1 && seconds <= MAX_INT32)) return [];
  return [invalidValue(`${field}.activeDeadlineSeconds`, seconds, `must be between 1 and ${MAX_INT32}, inclusive`)];
}

/** Of a Pod that is there, little may change. */
export function validatePodUpdate(pod: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(pod['spec']);
  const before = fieldsOf(old['spec']);
  for (const name of ['containers', 'initContainers'])
    if (listOf(spec[name]).length !== listOf(before[name]).length)
      return [forbiddenField(`spec.${name}`, 'pod updates may not add or remove containers')];
  const errors = [...deadlineUpdateErrors(spec, before), ...tolerationErrors(spec, before)];
  if (isDeepStrictEqual(fixedOf(spec), fixedOf(before))) return errors;
  return [...errors, forbiddenField('spec', `pod updates may not change fields other than ${UPDATABLE}`)];
}

const FREE = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'];

function fixedOf(spec: Fields): Fields {
  const rest = Object.fromEntries(Object.entries(spec).filter(([name]) => !FREE.includes(name)));
  for (const name of ['containers', 'initContainers'])
    rest[name] = listOf(spec[name]).map((container) => ({ ...container, image: '' }));
  return rest;
}

function deadlineUpdateErrors(spec: Fields, before: Fields): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const [next, old] = [numberOf(spec['activeDeadlineSeconds']), numberOf(before['activeDeadlineSeconds'])];
  if (old === undefined) return [];
  if (next === undefined) return [invalidValue(field, null, 'must not update from a positive integer to nil value')];
  return next > old ? [invalidValue(field, next, 'must be less than or equal to previous value')] : [];
}

function tolerationErrors(spec: Fields, before: Fields): FieldError[] {
  const next = listOf(spec['tolerations']);
  const bare = (toleration: Fields): Fields => ({ ...toleration, tolerationSeconds: undefined });
  const kept = listOf(before['tolerations']).every((old) =>
    next.some((toleration) => isDeepStrictEqual(bare(toleration), bare(old))),
  );
  return kept
    ? []
    : [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}
