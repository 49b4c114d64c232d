import { kube, kubeWithout, type Schema } from './kube-schema.js';

const text: Schema = { type: 'string' };
const word: Schema = { type: 'string', minLength: 1 };
const textMap: Schema = { type: 'object', additionalProperties: text };
const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
const strings = listOf(text);
const whole = (minimum: number, maximum?: number): Schema => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
});
const port = whole(1, 65_535);
const NAME = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const namespaces = listOf({ type: 'string', pattern: `^${NAME}$` }, { uniqueItems: true });
const pullPolicy: Schema = { enum: ['Always', 'IfNotPresent', 'Never'] };
const duration: Schema = { type: 'string', pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$' };
const peers = listOf(kube('api.networking.v1.NetworkPolicyPeer'));
const tolerations = listOf(kube('api.core.v1.Toleration'));
const resources = kube('api.core.v1.ResourceRequirements');

function closed(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 && { required }) };
}

/** Of RBAC; nothing in it may be a wildcard. */
function rule(): Schema {
  const exact = listOf({ type: 'string', not: { pattern: '\\*' } }, { minItems: 1 });
  const fields = { apiGroups: exact, resources: exact, resourceNames: exact, verbs: exact };
  return closed(fields, ['apiGroups', 'resources', 'verbs']);
}

/** Of a HorizontalPodAutoscaler, in one direction. */
function scaling(): Schema {
  const policy = closed({ type: { enum: ['Pods', 'Percent'] }, value: whole(1), periodSeconds: whole(1, 1800) }, [
    'type',
    'value',
    'periodSeconds',
  ]);
  return closed({
    stabilizationWindowSeconds: whole(0, 3600),
    selectPolicy: { enum: ['Max', 'Min', 'Disabled'] },
    policies: listOf(policy),
  });
}

/** A named API key, as the web proxy reads it from its Secret. */
function keyEntry(): Schema {
  const limits = closed({ requestsPerMinute: whole(1), burst: whole(1), maxConcurrent: whole(1) });
  return closed({ key: { type: 'string', minLength: 20 }, instances: strings, limits, expires: text }, ['key']);
}

/** What a default in values.yaml does not tell of its field, by the field's path. */
export const VALUE_KINDS: Readonly<Record<string, Schema>> = {
  affinity: kube('api.core.v1.Affinity'),
  'autoscaling.behavior': closed({ scaleUp: scaling(), scaleDown: scaling() }),
  'autoscaling.maxReplicas': whole(1),
  'autoscaling.minReplicas': whole(1),
  'autoscaling.targetCPUUtilization': whole(1),
  commonLabels: textMap,
  deploymentAnnotations: textMap,
  'drain.timeoutSeconds': whole(1),
  extraEnv: listOf(kube('api.core.v1.EnvVar')),
  extraRules: listOf(rule()),
  extraVolumeMounts: listOf(kube('api.core.v1.VolumeMount')),
  extraVolumes: listOf(kube('api.core.v1.Volume')),
  'httpRoute.annotations': textMap,
  'httpRoute.hostnames': strings,
  'httpRoute.parentRefs': listOf(
    closed({ group: text, kind: text, name: word, namespace: text, sectionName: text, port }, ['name']),
  ),
  'httpRoute.timeouts': closed({ request: duration, backendRequest: duration }),
  'image.digest': { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
  'image.pullPolicy': pullPolicy,
  'image.repository': word,
  imagePullSecrets: listOf(closed({ name: word }, ['name'])),
  'ingress.annotations': textMap,
  'ingress.hosts': strings,
  'ingress.tls': listOf(closed({ secretName: text, hosts: strings })),
  'keys.entries': {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z0-9][-._A-Za-z0-9]*$' },
    additionalProperties: keyEntry(),
  },
  'limits.bodyBytes': whole(1_024),
  'limits.burst': whole(1),
  'limits.concurrent': whole(1),
  'limits.inFlight': whole(1),
  'limits.requestsPerMinute': whole(1),
  logLevel: { enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] },
  'networkPolicy.apiServerPorts': listOf(port, { minItems: 1 }),
  'networkPolicy.httpFrom': peers,
  'networkPolicy.metricsFrom': peers,
  'networkPolicy.runs.egress': listOf(kube('api.networking.v1.NetworkPolicyEgressRule')),
  'networkPolicy.runs.httpFrom': peers,
  'networkPolicy.runs.namespaces': namespaces,
  nodeSelector: textMap,
  plugins: listOf(closed({ package: word, enabled: { type: 'boolean' }, config: { type: 'object' } }, ['package'])),
  pluginImages: listOf(closed({ image: word, path: { type: 'string', pattern: '^/' }, pullPolicy }, ['image'])),
  pluginsVolume: kubeWithout('api.core.v1.Volume', 'name'),
  podAnnotations: textMap,
  podLabels: textMap,
  podSecurityContext: kube('api.core.v1.PodSecurityContext'),
  'prePull.images': listOf(closed({ image: word, command: listOf(text, { minItems: 1 }) }, ['image', 'command'])),
  'prePull.nodeSelector': textMap,
  'prePull.resources': resources,
  'prePull.tolerations': tolerations,
  replicas: whole(1),
  resources,
  revisionHistoryLimit: whole(0),
  'service.annotations': textMap,
  'service.port': port,
  'service.type': { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
  serviceAccountAnnotations: textMap,
  'serviceMonitor.interval': duration,
  'serviceMonitor.labels': textMap,
  'shutdown.drainSeconds': whole(0),
  'shutdown.graceSeconds': whole(0),
  terminationGracePeriodSeconds: whole(0),
  tolerations,
  topologySpreadConstraints: listOf(kube('api.core.v1.TopologySpreadConstraint')),
  trustedProxies: strings,
  updateStrategy: kube('api.apps.v1.DeploymentStrategy'),
  watchNamespaces: { anyOf: [{ ...namespaces, minItems: 1 }, { const: ['*'] }] },
};
