import type { Layout } from './layout.js';
import { LOOPBACK, type Place } from './place.js';

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

const VIRTUAL_NODES = [
  '--endpoint-reconciler-type=none', // the API refuses loopback addresses in Endpoints
  '--authorization-mode=RBAC',
  '--enable-admission-plugins=OwnerReferencesPermissionEnforcement', // the strictest of clusters: OpenShift has it on
];
const REAL_NODES = [
  '--authorization-mode=Node,RBAC',
  '--enable-admission-plugins=NodeRestriction',
  '--allow-privileged=true',
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

export function apiServerArguments(layout: Layout, port: number, place: Place = LOOPBACK): string[] {
  const { address, serviceRange, realNodes } = place;
  return [
    `--etcd-servers=${ETCD}`,
    `--bind-address=${address}`,
    `--secure-port=${port}`,
    `--advertise-address=${address}`,
    ...(realNodes ? REAL_NODES : VIRTUAL_NODES),
    `--tls-cert-file=${layout.runFile('apiserver.crt')}`,
    `--tls-private-key-file=${layout.runFile('apiserver.key')}`,
    `--token-auth-file=${layout.runFile('tokens.csv')}`,
    `--service-account-issuer=${ISSUER}`,
    `--service-account-key-file=${layout.runFile('service-account.pub')}`,
    `--service-account-signing-key-file=${layout.runFile('service-account.key')}`,
    `--service-cluster-ip-range=${serviceRange}`,
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

export function controllerManagerArguments(layout: Layout, kubeconfig: string, place: Place = LOOPBACK): string[] {
  const without = place.realNodes ? [] : WITHOUT;
  return [
    `--kubeconfig=${kubeconfig}`,
    ...FAST_CLIENT,
    ...ALONE,
    '--concurrent-job-syncs=20',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${layout.runFile('service-account.key')}`,
    `--root-ca-file=${layout.runFile('ca.crt')}`,
    `--controllers=${['*', ...without.map((name) => `-${name}`)].join(',')}`,
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
