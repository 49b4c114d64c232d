import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fillEmpty, textOf, textsOf } from './access.js';

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
  markForDeletion(namespace, { clock }) {
    namespace.metadata.deletionTimestamp = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    childOf(namespace, 'status')['phase'] = 'Terminating';
  },
  selectableFields: (namespace) => ({
    'status.phase': textOf(fieldsOf(namespace['status'])['phase']),
    name: namespace.metadata.name,
  }),
};
