import type { Strategy } from '../../resources/resource.js';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { labelKeyFaults } from '../../rest/label-rules.js';
import { invalidFor, invalidValue } from '../../schema/field-errors.js';
import { childOf, fieldsOf, fillEmpty, textOf, textsOf } from './access.js';
import { STANDARD_FINALIZERS, UNQUALIFIED } from './metadata.js';
import { nowOf } from '../../rest/times.js';

const FINALIZER = 'kubernetes';

export const namespaceStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  hasGeneration: false,
  default(namespace) {
    const { metadata } = namespace;
    if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
    fillEmpty(childOf(namespace, 'status'), { phase: 'Active' });
  },
  prepareForCreate(namespace) {
    namespace['status'] = { phase: 'Active' };
    const spec = childOf(namespace, 'spec');
    const finalizers = textsOf(spec['finalizers']);
    if (!finalizers.includes(FINALIZER)) spec['finalizers'] = [...finalizers, FINALIZER];
  },
  prepareForUpdate(namespace, old) {
    childOf(namespace, 'spec')['finalizers'] = fieldsOf(old['spec'])['finalizers'];
  },
  validate: validateFinalizers,
  validateStatusUpdate: phaseErrors,
  markForDeletion(namespace, { clock }) {
    namespace.metadata.deletionTimestamp = nowOf(clock);
    childOf(namespace, 'status')['phase'] = 'Terminating';
  },
  selectableFields: (namespace) => ({
    'status.phase': textOf(fieldsOf(namespace['status'])['phase']),
    name: namespace.metadata.name,
  }),
};

function validateFinalizers(namespace: ApiObject): FieldError[] {
  return textsOf(fieldsOf(namespace['spec'])['finalizers']).flatMap((name) => {
    const faults = labelKeyFaults(name);
    if (!name.includes('/') && !STANDARD_FINALIZERS.includes(name)) faults.push(UNQUALIFIED);
    return invalidFor('spec.finalizers', name, faults);
  });
}

/** A namespace ends when it is deleted, and not else. */
function phaseErrors(namespace: ApiObject): FieldError[] {
  const phase = textOf(fieldsOf(namespace['status'])['phase']);
  const [expected, state] = namespace.metadata.deletionTimestamp
    ? (['Terminating', 'not empty'] as const)
    : (['Active', 'empty'] as const);
  if (phase === expected) return [];
  return [invalidValue('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` is ${state}`)];
}
