/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const strings: Schema = { type: 'array', items: text };
const textMap: Schema = { type: 'object', additionalProperties: text };
const objects: Schema = { type: 'array', items: { type: 'object' } };
const ports: Schema = { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1, maximum: 65535 } };
const NAME = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const closed = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 && { required }),
});
const whole = (minimum: number): Schema => ({ type: 'integer', minimum });
const named = closed({ name: text }, ['name']);
/** Of RBAC; nothing in it may be a wildcard. */
const rule = (): Schema => {
  const exact: Schema = { type: 'array', minItems: 1, items: { type: 'string', not: { pattern: '\\*' } } };
  return closed({ apiGroups: exact, resources: exact, resourceNames: exact, verbs: exact }, [
    'apiGroups',
    'resources',
    'verbs',
  ]);
};
const quantities: Schema = { type: 'object', additionalProperties: { type: ['string', 'number'] } };

/** What a default in values.yaml does not tell of its field, by the field's path. */
export const VALUE_KINDS: Readonly<Record<string, Schema>> = {
  affinity: { type: 'object' },
  'autoscaling.maxReplicas': whole(1),
  'autoscaling.minReplicas': whole(1),
  'autoscaling.targetCPUUtilization': whole(1),
  commonLabels: textMap,
  extraEnv: { type: 'array', items: closed({ name: text, value: text, valueFrom: { type: 'object' } }, ['name']) },
  extraRules: { type: 'array', items: rule() },
  'httpRoute.hostnames': strings,
  'httpRoute.parentRefs': {
    type: 'array',
    items: closed({ group: text, kind: text, name: text, namespace: text, sectionName: text, port: whole(1) }, [
      'name',
    ]),
  },
  'image.digest': { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
  'image.pullPolicy': { enum: ['Always', 'IfNotPresent', 'Never'] },
  imagePullSecrets: { type: 'array', items: named },
  'ingress.annotations': textMap,
  'ingress.hosts': strings,
  'ingress.tls': { type: 'array', items: closed({ secretName: text, hosts: strings }) },
  'keys.entries': {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z0-9][-._A-Za-z0-9]*$' },
    additionalProperties: closed(
      {
        key: { type: 'string', minLength: 20 },
        instances: strings,
        limits: closed({ requestsPerMinute: whole(1), burst: whole(1), maxConcurrent: whole(1) }),
        expires: text,
      },
      ['key'],
    ),
  },
  logLevel: { enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] },
  'networkPolicy.apiServerPorts': ports,
  'networkPolicy.httpFrom': objects,
  'networkPolicy.metricsFrom': objects,
  nodeSelector: textMap,
  plugins: {
    type: 'array',
    items: closed({ package: text, enabled: { type: 'boolean' }, config: { type: 'object' } }, ['package']),
  },
  podAnnotations: textMap,
  podLabels: textMap,
  replicas: whole(1),
  resources: closed({ requests: quantities, limits: quantities }),
  'service.annotations': textMap,
  'service.port': { type: 'integer', minimum: 1, maximum: 65535 },
  'service.type': { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
  serviceAccountAnnotations: textMap,
  'serviceMonitor.labels': textMap,
  'shutdown.drainSeconds': whole(0),
  'shutdown.graceSeconds': whole(0),
  tolerations: objects,
  trustedProxies: strings,
  watchNamespaces: {
    anyOf: [
      { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: `^${NAME}$` } },
      { const: ['*'] },
    ],
  },
};
