import type { ChartName } from './generated-files.js';

/** A chart with values that somebody might give it. */
export interface ChartCase {
  readonly chart: ChartName;
  readonly what: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Namespaces that the cases name, beside the release's own. */
export const CASE_NAMESPACES = ['team-a', 'team-b'] as const;

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const LONG = 'a-name-that-is-much-too-long-for-everything-that-is-made-of-it';
const PEERS = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team-a' } } }];
const CHOSEN_BY_PLATFORM = { runAsUser: null, runAsGroup: null };

const POD_PLACES = {
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { agents: 'true' },
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'agents', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }] }],
      },
    },
  },
  topologySpreadConstraints: [
    {
      maxSkew: 2,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { 'app.kubernetes.io/instance': 'demo' } },
    },
  ],
};

/** Of both charts: everything that may be added to what they make. */
const EXTRAS = {
  ...POD_PLACES,
  imageRegistry: 'registry.example.com/mirror/',
  imagePullSecrets: [{ name: 'registry' }],
  logLevel: 'debug',
  extraEnv: [
    { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/ca/ca.crt' },
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  ],
  extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca', readOnly: true }],
  commonLabels: { team: 'agents', 'app.kubernetes.io/part-of': 'ours' },
  podLabels: { 'sidecar.istio.io/inject': 'false' },
  podAnnotations: { 'example.com/scrape': 'true' },
  deploymentAnnotations: { 'example.com/reload': 'true' },
  serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' },
  resources: { requests: { cpu: 1, memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  podSecurityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, supplementalGroups: [2000] },
  updateStrategy: { rollingUpdate: { maxUnavailable: '25%', maxSurge: 2 } },
  revisionHistoryLimit: 5,
  serviceMonitor: { enabled: true, interval: '15s', labels: { release: 'prometheus' } },
};

const OPERATOR: readonly ChartCase[] = [
  { chart: 'sympozium', what: 'as it comes', values: {} },
  {
    chart: 'sympozium',
    what: 'everything said',
    values: {
      ...EXTRAS,
      watchNamespaces: CASE_NAMESPACES,
      replicas: 3,
      image: { repository: 'acme/operator', tag: '9.9.9', pullPolicy: 'Always' },
      agentImage: `registry.example.com/agent@${DIGEST}`,
      webProxyImage: 'registry.example.com/web-proxy:9',
      plugins: [{ package: '@acme/mode', enabled: true, config: { any: { thing: [1, true] } } }],
      pluginImages: [
        { image: 'registry.example.com/plugins:1' },
        { image: 'registry.example.com/more:1', path: '/opt/packages', pullPolicy: 'Always' },
      ],
      extraRules: [{ apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['list', 'watch'] }],
      drain: { timeoutSeconds: 60 },
      prePull: {
        enabled: true,
        images: [{ image: 'registry.example.com/skill:1', command: ['/bin/true'] }],
        nodeSelector: { agents: 'true' },
        tolerations: [{ operator: 'Exists' }],
        resources: { requests: { memory: '64Mi' } },
      },
      nameOverride: 'agents',
      terminationGracePeriodSeconds: 45,
      networkPolicy: {
        apiServerPorts: [8443],
        metricsFrom: PEERS,
        runs: {
          namespaces: ['team-b'],
          httpFrom: PEERS,
          egress: [{ ports: [{ port: 443, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }],
        },
      },
    },
  },
  {
    chart: 'sympozium',
    what: 'the whole cluster',
    values: {
      watchNamespaces: ['*'],
      aggregateRoles: false,
      fullnameOverride: LONG,
      image: { digest: DIGEST },
      pluginsVolume: { persistentVolumeClaim: { claimName: 'plugins', readOnly: true } },
      podSecurityContext: CHOSEN_BY_PLATFORM,
      prePull: { enabled: true },
      networkPolicy: { runs: { namespaces: CASE_NAMESPACES } },
    },
  },
  {
    chart: 'sympozium',
    what: 'everything off',
    values: {
      replicas: 1,
      drain: { enabled: false },
      podDisruptionBudget: false,
      updateStrategy: { type: 'Recreate' },
      networkPolicy: { enabled: false },
    },
  },
  { chart: 'sympozium', what: 'no policies for runs', values: { networkPolicy: { runs: { enabled: false } } } },
  { chart: 'sympozium', what: 'a budget that nobody wants', values: { podDisruptionBudget: false } },
];

const WEB_PROXY: readonly ChartCase[] = [
  { chart: 'sympozium-web-proxy', what: 'as it comes', values: {} },
  {
    chart: 'sympozium-web-proxy',
    what: 'everything said',
    values: {
      ...EXTRAS,
      keys: {
        entries: {
          first: { key: 'sk-12345678901234567890' },
          'second.key': {
            key: 'sk-09876543210987654321',
            instances: ['demo'],
            limits: { requestsPerMinute: 60, burst: 5, maxConcurrent: 2 },
            expires: '2030-01-01T00:00:00Z',
          },
        },
      },
      autoscaling: {
        enabled: true,
        minReplicas: 3,
        maxReplicas: 30,
        targetCPUUtilization: 50,
        behavior: {
          scaleDown: {
            stabilizationWindowSeconds: 600,
            selectPolicy: 'Min',
            policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
          },
        },
      },
      image: { repository: 'acme/web-proxy', tag: '9.9.9', pullPolicy: 'Always' },
      limits: { bodyBytes: 8_388_608, inFlight: 10, requestsPerMinute: 60, burst: 10, concurrent: 4 },
      shutdown: { drainSeconds: 10, graceSeconds: 60 },
      trustedProxies: ['10.0.0.1', '10.0.0.2'],
      service: { type: 'LoadBalancer', port: 8000, annotations: { 'example.com/lb': 'internal' } },
      ingress: {
        enabled: true,
        className: 'nginx',
        annotations: { 'example.com/a': 'b' },
        hosts: ['a.example.com', 'b.example.com'],
        tls: [{ secretName: 'cert', hosts: ['a.example.com'] }],
      },
      nameOverride: 'door',
      networkPolicy: { apiServerPorts: [8443], httpFrom: PEERS, metricsFrom: PEERS },
    },
  },
  {
    chart: 'sympozium-web-proxy',
    what: 'another namespace, behind a Gateway',
    values: {
      servedNamespace: 'team-a',
      keys: { existingSecret: 'keys' },
      fullnameOverride: LONG,
      image: { digest: DIGEST },
      replicas: 4,
      podSecurityContext: CHOSEN_BY_PLATFORM,
      httpRoute: {
        enabled: true,
        annotations: { 'example.com/a': 'b' },
        parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
        hostnames: ['agents.example.com'],
        timeouts: { request: '1h', backendRequest: '30m' },
      },
    },
  },
  {
    chart: 'sympozium-web-proxy',
    what: 'everything off',
    values: { replicas: 1, updateStrategy: { type: 'Recreate' }, networkPolicy: { enabled: false } },
  },
  {
    chart: 'sympozium-web-proxy',
    what: 'a budget that nobody wants, an Ingress for every host',
    values: { podDisruptionBudget: false, ingress: { enabled: true } },
  },
];

/** What the charts are tried with: every value of theirs is in it, and none of it may be refused by an API server. */
export const CHART_CASES: readonly ChartCase[] = [...OPERATOR, ...WEB_PROXY];
