import { forbidden } from '../api-error.js';
import { childOf, fieldsOf, fill, textOf, type Fields } from '../builtin/strategies/access.js';
import type { AdmissionRequest } from '../rest/object-api.js';

/** The classes that every cluster has; PriorityClass is not served, so there are no others. */
const CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

const PREEMPTION = 'PreemptLowerPriority';

/** Gives a Pod the number of its priority class (Priority). */
export function admitPriority({ object: pod, old, operation, resource, name }: AdmissionRequest): void {
  if (!pod || operation === 'DELETE') return;
  const spec = childOf(pod, 'spec');
  if (operation === 'UPDATE') return keep(spec, fieldsOf(old?.['spec']));
  const className = textOf(spec['priorityClassName']);
  const priority = className === '' ? 0 : CLASSES[className];
  if (priority === undefined) throw forbidden(resource, name.name, `no PriorityClass with name ${className} was found`);
  if (spec['priority'] != null && spec['priority'] !== priority) {
    const why =
      `the integer value of priority (${String(spec['priority'])}) must not be provided in pod spec; priority ` +
      `admission controller computed ${priority} from the given PriorityClass name`;
    throw forbidden(resource, name.name, why);
  }
  fill(spec, { priority, preemptionPolicy: PREEMPTION });
  if (spec['preemptionPolicy'] === PREEMPTION) return;
  const why =
    `the string value of PreemptionPolicy (${textOf(spec['preemptionPolicy'])}) must not be provided in pod spec; ` +
    `priority admission controller computed ${PREEMPTION} from the given PriorityClass name`;
  throw forbidden(resource, name.name, why);
}

function keep(spec: Fields, old: Fields): void {
  for (const field of ['priority', 'preemptionPolicy']) if (old[field] != null) fill(spec, { [field]: old[field] });
}
