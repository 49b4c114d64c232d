import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, hasFields, type Fields } from './access.js';
import { defaultPodSpec } from './pod-defaults.js';
import { validateDeployment, validateReplicaSet, validateSelectorUpdate } from './workload-rules.js';

const templateSpec = (spec: Fields): Fields => childOf(childOf(spec, 'template'), 'spec');

export const deploymentStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  default(deployment) {
    const spec = childOf(deployment, 'spec');
    defaultPodSpec(templateSpec(spec));
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = childOf(spec, 'strategy');
    fillEmpty(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate')
      fill(childOf(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
  },
  prepareForCreate(deployment) {
    deployment['status'] = {};
  },
  validate: validateDeployment,
  validateUpdate: validateSelectorUpdate,
};

export const replicaSetStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  default(set) {
    const spec = childOf(set, 'spec');
    const template = childOf(spec, 'template');
    defaultPodSpec(templateSpec(spec));
    fill(spec, { replicas: 1 });
    const labels = fieldsOf(fieldsOf(template['metadata'])['labels']);
    if (hasFields(labels) && !hasFields(set.metadata.labels))
      set.metadata.labels = { ...(labels as Record<string, string>) };
  },
  prepareForCreate(set) {
    set['status'] = { replicas: 0 };
  },
  validate: validateReplicaSet,
  validateUpdate: validateSelectorUpdate,
  selectableFields: (set) => ({ 'status.replicas': String(fieldsOf(set['status'])['replicas'] ?? 0) }),
};
