import { podWarnings } from './pod/warnings.js';
import type { ApiObject } from '../../api-object.js';
import type { Strategy } from '../../resources/resource.js';
import { childOf, fieldsOf, numberOf, textOf } from './access.js';
import { defaultPod, defaultPodSpec } from './pod-defaults.js';
import { qosClassOf } from './pod-qos.js';
import { validatePod, validatePodCreate } from './pod/pod-rules.js';
import { validatePodUpdate } from './pod/pod-update-rules.js';

export const podStrategy: Strategy = {
  allowUnconditionalUpdate: true,
  returnsDeletedObject: true,
  default(pod) {
    const spec = childOf(pod, 'spec');
    defaultPodSpec(spec);
    defaultPod(spec);
    defaultAddresses(pod);
  },
  prepareForCreate(pod) {
    const spec = fieldsOf(pod['spec']);
    pod['status'] = { phase: 'Pending', qosClass: qosClassOf(spec) };
    pod.metadata.generation = 1;
  },
  warnings: podWarnings,
  validate: validatePod,
  validateCreate: validatePodCreate,
  validateUpdate: validatePodUpdate,
  selectableFields(pod) {
    const spec = fieldsOf(pod['spec']);
    const status = fieldsOf(pod['status']);
    return {
      'spec.nodeName': textOf(spec['nodeName']),
      'spec.restartPolicy': textOf(spec['restartPolicy']),
      'spec.schedulerName': textOf(spec['schedulerName']),
      'spec.serviceAccountName': textOf(spec['serviceAccountName']),
      'spec.hostNetwork': String(spec['hostNetwork'] ?? false),
      'status.phase': textOf(status['phase']),
      'status.podIP': textOf(status['podIP']),
      'status.nominatedNodeName': textOf(status['nominatedNodeName']),
    };
  },
  gracePeriodSeconds: graceOf,
};

/** What is asked for, else the spec's; nobody has to be waited for where nothing runs. */
function graceOf(pod: ApiObject, requested: number | undefined): number {
  const spec = fieldsOf(pod['spec']);
  const { phase } = fieldsOf(pod['status']);
  if (!spec['nodeName'] || phase === 'Failed' || phase === 'Succeeded') return 0;
  const grace = requested ?? numberOf(spec['terminationGracePeriodSeconds']) ?? 0;
  return grace < 0 ? 1 : grace;
}

/** `podIP` and the first of `podIPs` are one (SetDefaults_PodStatus). */
function defaultAddresses(pod: ApiObject): void {
  const status = fieldsOf(pod['status']);
  const [first] = Array.isArray(status['podIPs']) ? status['podIPs'] : [];
  const ip = fieldsOf(first)['ip'];
  if (status['podIP'] && ip !== status['podIP']) status['podIPs'] = [{ ip: status['podIP'] }];
  else if (ip && !status['podIP']) status['podIP'] = ip;
}
