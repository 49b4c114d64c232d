import { templateWarnings } from './pod/warnings.js';
import { isDeepStrictEqual } from 'node:util';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, fill, fillEmpty, hasFields, listOf, textOf, type Fields } from './access.js';
import { defaultPodSpec } from './pod-defaults.js';
import { validateJob, validateJobCreate, validateJobUpdate } from './job-rules.js';
import { validateJobStatus } from './job-status-rules.js';
import { MAX_INT32 } from './shared-rules.js';

export const jobStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
  default(job) {
    const spec = childOf(job, 'spec');
    const template = childOf(spec, 'template');
    defaultPodSpec(childOf(template, 'spec'));
    labelAsTemplate(job, template);
    if (spec['parallelism'] == null) fill(spec, { completions: 1 });
    fill(spec, {
      parallelism: 1,
      backoffLimit: spec['backoffLimitPerIndex'] == null ? 6 : MAX_INT32,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: spec['podFailurePolicy'] ? 'Failed' : 'TerminatingOrFailed',
      manualSelector: false,
    });
    for (const rule of listOf(fieldsOf(spec['podFailurePolicy'])['rules']))
      for (const pattern of listOf(rule['onPodConditions'])) fillEmpty(pattern, { status: 'True' });
  },
  prepareForCreate(job) {
    const spec = childOf(job, 'spec');
    const template = childOf(spec, 'template');
    const { labels } = fieldsOf(template['metadata']);
    const isLabelledAsTemplate = hasFields(labels) && isDeepStrictEqual(job.metadata.labels, labels);
    if (spec['manualSelector'] !== true) generateSelector(job, spec);
    if (isLabelledAsTemplate) delete job.metadata.labels;
    labelAsTemplate(job, template);
    job['status'] = {};
  },
  prepareForUpdate: (job) => labelAsTemplate(job, fieldsOf(fieldsOf(job['spec'])['template'])),
  warnings: templateWarnings,
  validate: validateJob,
  validateCreate: validateJobCreate,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  selectableFields: (job) => ({ 'status.successful': String(fieldsOf(job['status'])['succeeded'] ?? 0) }),
};

/** An object without labels takes its template's. */
function labelAsTemplate({ metadata }: ApiObject, template: Fields): void {
  const labels = fieldsOf(fieldsOf(template['metadata'])['labels']);
  if (hasFields(labels) && !hasFields(metadata.labels)) metadata.labels = { ...(labels as Record<string, string>) };
}

/** The Job's uid selects its Pods, by labels old and new. */
function generateSelector({ metadata }: ApiObject, spec: Fields): void {
  const uid = textOf(metadata.uid);
  const labels = childOf(childOf(childOf(spec, 'template'), 'metadata'), 'labels');
  fill(labels, {
    'job-name': metadata.name,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': uid,
    'batch.kubernetes.io/controller-uid': uid,
  });
  fill(childOf(childOf(spec, 'selector'), 'matchLabels'), { 'batch.kubernetes.io/controller-uid': uid });
}
