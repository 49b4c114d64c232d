import type { Layout } from './layout.js';

/** Inside the loopback range, so that Services need no rights and meet no other network. */
const SERVICE_RANGE = '127.96.0.0/16';
/** ClusterIP of the Service `kubernetes`: the range’s first. */
export const SERVICE_ADDRESS = '127.96.0.1';
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/**
 * Sockets in the working folder: no port to collide on, and nobody else on the machine reaches etcd. Relative, since
 * the path of a socket has at most 108 bytes.
 */
const ETCD = 'unix://etcd.sock';
const ETCD_PEERS = 'unix://etcd-peers.sock';
export const SOCKETS = ['etcd.sock', 'etcd-peers.sock'] as const;

/** Without these, 20 calls a second hold the Job controller at about three runs a second. */
const FAST_CLIENT = ['--kube-api-qps=1000', '--kube-api-burst=2000'];
/** One process each, without a port of its own. */
const ALONE = ['--leader-elect=false', '--secure-port=0', '--profiling=false'];

/** Controllers for what a cluster of processes on one machine does not have: volumes, clouds, certificates, metrics. */
const WITHOUT = [
  'certificatesigningrequest-approving-controller',
  'certificatesigningrequest-cleaner-controller',
  'certificatesigningrequest-signing-controller',
  'device-taint-eviction-controller',
  'endpointslice-mirroring-controller',
  'ephemeral-volume-controller',
  'horizontal-pod-autoscaler-controller',
  'node-ipam-controller',
  'persistentvolume-attach-detach-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-expander-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'podcertificaterequest-cleaner-controller',
  'resourceclaim-controller',
  'resourcepoolstatusrequest-controller',
  'storage-version-migrator-controller',
  'volumeattributesclass-protection-controller',
];

export interface EtcdOptions {
  readonly data: string;
  /** Whether a write is on disk before it is acknowledged. */
  readonly durable: boolean;
}

export function etcdArguments({ data, durable }: EtcdOptions): string[] {
  const name = 'sympozium';
  return [
    `--name=${name}`,
    `--data-dir=${data}`,
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    `--listen-peer-urls=${ETCD_PEERS}`,
    `--initial-advertise-peer-urls=${ETCD_PEERS}`,
    `--initial-cluster=${name}=${ETCD_PEERS}`,
    '--log-level=warn',
    ...(durable ? [] : ['--unsafe-no-fsync']),
  ];
}

export function apiServerArguments(layout: Layout, port: number): string[] {
  return [
    `--etcd-servers=${ETCD}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none', // the API refuses loopback addresses in Endpoints
    `--tls-cert-file=${layout.runFile('apiserver.crt')}`,
    `--tls-private-key-file=${layout.runFile('apiserver.key')}`,
    `--token-auth-file=${layout.runFile('tokens.csv')}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=${ISSUER}`,
    `--service-account-key-file=${layout.runFile('service-account.pub')}`,
    `--service-account-signing-key-file=${layout.runFile('service-account.key')}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    `--kubelet-client-certificate=${layout.runFile('apiserver-kubelet-client.crt')}`,
    `--kubelet-client-key=${layout.runFile('apiserver-kubelet-client.key')}`,
    `--kubelet-certificate-authority=${layout.runFile('ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--audit-policy-file=${layout.runFile('audit-policy.yaml')}`,
    `--audit-log-path=${layout.auditLog}`,
    '--audit-log-maxsize=200',
    '--audit-log-maxbackup=1',
    '--profiling=false',
  ];
}

export function controllerManagerArguments(layout: Layout, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    ...FAST_CLIENT,
    ...ALONE,
    '--concurrent-job-syncs=20',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${layout.runFile('service-account.key')}`,
    `--root-ca-file=${layout.runFile('ca.crt')}`,
    `--controllers=${['*', ...WITHOUT.map((name) => `-${name}`)].join(',')}`,
  ];
}

export const schedulerArguments = (kubeconfig: string): string[] => [
  `--kubeconfig=${kubeconfig}`,
  ...FAST_CLIENT,
  ...ALONE,
];

/** Who did what to which object and when, one line a finished request; no bodies, so no secrets. */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
  - level: None
    nonResourceURLs: [/healthz*, /livez*, /readyz*]
  - level: Metadata
`;
