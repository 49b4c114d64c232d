import { templateWarnings } from './pod/warnings.js';
import { isDeepStrictEqual } from 'node:util';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, type Fields } from './access.js';
import { defaultPodSpec } from './pod-defaults.js';
import { validateDeployment, validateReplicaSet, validateSelectorUpdate } from './workload-rules.js';
import { validateDeploymentStatus, validateReplicaSetStatus } from './workload-status-rules.js';

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
  prepareForUpdate(deployment, old) {
    const { metadata } = deployment;
    if (!isDeepStrictEqual(metadata.annotations ?? {}, old.metadata.annotations ?? {}))
      metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  warnings: templateWarnings,
  validate: validateDeployment,
  validateUpdate: validateSelectorUpdate,
  validateStatusUpdate: validateDeploymentStatus,
};

export const replicaSetStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  default(set) {
    const spec = childOf(set, 'spec');
    defaultPodSpec(templateSpec(spec));
    fill(spec, { replicas: 1 });
  },
  prepareForCreate(set) {
    set['status'] = { replicas: 0 };
  },
  warnings: templateWarnings,
  validate: validateReplicaSet,
  validateUpdate: validateSelectorUpdate,
  validateStatusUpdate: validateReplicaSetStatus,
  selectableFields: (set) => ({ 'status.replicas': String(fieldsOf(set['status'])['replicas'] ?? 0) }),
};
