import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { invalidValue } from '../../schema/field-errors.js';
import { fieldsOf, listOf, textOf, type Fields } from './access.js';

const PLACE = ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates'];

/**
 * The template of a Job that runs is for good. One that is suspended and runs nothing may say anew where its Pods will
 * go and what they will need.
 */
export function validateJobTemplateUpdate(job: ApiObject, old: ApiObject): FieldError[] {
  const template = fieldsOf(fieldsOf(job['spec'])['template']);
  const before = fieldsOf(fieldsOf(old['spec'])['template']);
  const detail = 'field is immutable';
  if (!isIdle(old)) {
    const shown = template['metadata'] === undefined ? { spec: template['spec'] } : template;
    return isDeepStrictEqual(template, before) ? [] : [invalidValue('spec.template', shown, detail)];
  }
  const isSame = isDeepStrictEqual(fixedOf(fieldsOf(template['spec'])), fixedOf(fieldsOf(before['spec'])));
  return isSame ? [] : [invalidValue('spec.template.spec', template['spec'], detail)];
}

function isIdle(job: ApiObject): boolean {
  const { suspend } = fieldsOf(job['spec']);
  const { startTime, active, conditions } = fieldsOf(job['status']);
  if (suspend !== true || active) return false;
  const isStopped = listOf(conditions).some(({ type, status }) => textOf(type) === 'Suspended' && status === 'True');
  return startTime === undefined || isStopped;
}

/** All but where a Pod goes and what it needs; of its affinity, that to nodes. */
function fixedOf(spec: Fields): Fields {
  const rest = Object.fromEntries(Object.entries(spec).filter(([name]) => !PLACE.includes(name)));
  for (const name of ['containers', 'initContainers'])
    rest[name] = listOf(spec[name]).map((container) => ({ ...container, resources: undefined }));
  const { podAffinity, podAntiAffinity } = fieldsOf(spec['affinity']);
  return { ...rest, podAffinity, podAntiAffinity };
}
