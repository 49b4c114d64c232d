import { isDeepStrictEqual } from 'node:util';
import type { ApiObject } from '../../../api-object.js';
import type { FieldError } from '../../../api-error.js';
import { forbiddenField, invalidValue, required } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../access.js';
import { between, MAX_INT32 } from '../shared-rules.js';
import { paddingErrors } from './containers.js';

const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only ' +
  'additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was ' +
  'previously negative)';
const CONTAINERS = ['containers', 'initContainers'];
/** What has rules of its own. */
const FREE = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'];

/** Of a Pod that is there, little may change. */
export function validatePodUpdate(pod: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(pod['spec']);
  const before = fieldsOf(old['spec']);
  const errors: FieldError[] = [];
  for (const name of CONTAINERS) {
    if (listOf(spec[name]).length !== listOf(before[name]).length)
      return [...errors, forbiddenField(`spec.${name}`, 'pod updates may not add or remove containers')];
    errors.push(...imageErrors(listOf(spec[name]), `spec.${name}`));
  }
  const { found, isFinal } = deadlineErrors(spec, before);
  errors.push(...found);
  if (isFinal) return errors;
  errors.push(...tolerationErrors(spec, before), ...gateErrors(spec, before));
  if (isDeepStrictEqual(fixedOf(spec, before), fixedOf(before, before))) return errors;
  return [...errors, forbiddenField('spec', `pod updates may not change fields other than ${UPDATABLE}`)];
}

const imageErrors = (containers: readonly Fields[], field: string): FieldError[] => [
  ...containers.flatMap(({ image }, index) => (image ? [] : [required(`${field}[${index}].image`)])),
  ...paddingErrors(containers, field),
];

function fixedOf(spec: Fields, before: Fields): Fields {
  const rest = Object.fromEntries(Object.entries(spec).filter(([name]) => !FREE.includes(name)));
  for (const name of CONTAINERS) rest[name] = listOf(spec[name]).map((container) => ({ ...container, image: '' }));
  const hadNoGrace = (numberOf(before['terminationGracePeriodSeconds']) ?? 0) < 0;
  if (hadNoGrace && spec['terminationGracePeriodSeconds'] === 1)
    rest['terminationGracePeriodSeconds'] = before['terminationGracePeriodSeconds'];
  return rest;
}

function deadlineErrors(spec: Fields, before: Fields): { found: FieldError[]; isFinal: boolean } {
  const field = 'spec.activeDeadlineSeconds';
  const [next, old] = [numberOf(spec['activeDeadlineSeconds']), numberOf(before['activeDeadlineSeconds'])];
  const refuse = (detail: string, isFinal: boolean): { found: FieldError[]; isFinal: boolean } => ({
    found: [invalidValue(field, next ?? null, detail)],
    isFinal,
  });
  if (next === undefined)
    return old === undefined
      ? { found: [], isFinal: false }
      : refuse('must not update from a positive integer to nil value', false);
  if (next < 0 || next > MAX_INT32) return refuse(between(0, MAX_INT32), true);
  if (old !== undefined && next > old) return refuse('must be less than or equal to previous value', true);
  return { found: [], isFinal: false };
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

function gateErrors(spec: Fields, before: Fields): FieldError[] {
  const known = listOf(before['schedulingGates']).map(({ name }) => textOf(name));
  return listOf(spec['schedulingGates']).flatMap(({ name }, index) =>
    known.includes(textOf(name))
      ? []
      : [
          forbiddenField(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${textOf(name)}'`,
          ),
        ],
  );
}
