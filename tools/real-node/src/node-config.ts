import { join } from 'node:path';
import type { AddressPlan } from './address-plan.js';
import { IMAGES } from './images.js';
import { IN_NODE, MACHINE, programInNode } from './names.js';
import { CNI_PLUGINS, PATHS } from './supported.js';

/** The node’s name in Kubernetes. */
export const NODE_NAME = 'sympozium-node';
/** As the API server knows it; its authorizer and NodeRestriction go by these. */
export const KUBELET = { name: `system:node:${NODE_NAME}`, groups: ['system:nodes'] } as const;
/** Known to Kubernetes’ own roles by this name. */
export const KUBE_PROXY = { name: 'system:kube-proxy' } as const;
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** Folder of the files below, from the node’s folder. */
export const CONFIG_FOLDER = 'node/config';
const CONFIG = join(IN_NODE.folder, CONFIG_FOLDER);
/** Keys and kubeconfigs that the control plane wrote. */
const CREDENTIALS = join(IN_NODE.folder, 'run');
const kubeconfig = (user: string): string => join(CREDENTIALS, `${encodeURIComponent(user)}.kubeconfig`);

/** Files of the configuration folder, by name. */
export const renderConfig = (plan: AddressPlan): Readonly<Record<string, string>> => ({
  'containerd.toml': CONTAINERD,
  'cni/10-bridge.conflist': JSON.stringify(cni(plan), undefined, 2),
  'kubelet.json': JSON.stringify(kubelet(plan), undefined, 2),
  'kube-proxy.json': JSON.stringify(kubeProxy(plan), undefined, 2),
  'resolv.conf': 'nameserver 127.0.0.1\n', // nobody answers there: names of the cluster are all that there is
});

export type NodeProgram = 'containerd' | 'kubelet' | 'kube-proxy';

/** Arguments of the node’s programs. */
export const programArguments = ({ node }: AddressPlan): Readonly<Record<NodeProgram, readonly string[]>> => ({
  containerd: ['--config', join(CONFIG, 'containerd.toml')],
  kubelet: [
    `--config=${join(CONFIG, 'kubelet.json')}`,
    `--kubeconfig=${kubeconfig(KUBELET.name)}`,
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${node}`, // else it is that of the default route, and there is none
    '--v=1',
  ],
  'kube-proxy': [`--config=${join(CONFIG, 'kube-proxy.json')}`, '--v=1'],
});

/** Debian’s containerd is older than what Kubernetes wants; folders are the standard ones, which the node has for itself. */
const CONTAINERD = `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${IMAGES.pause}"
[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true # it would load a profile into the machine's kernel
  enable_cdi = false
  restrict_oom_score_adj = true # root without CAP_SYS_RESOURCE may not lower it
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["${CNI_PLUGINS}"]
    conf_dir = "${join(CONFIG, 'cni')}"
[plugins."io.containerd.shim.v1.manager"]
  env = ["PATH=${[IN_NODE.bin, ...PATHS].join(':')}"]
`;

/** A bridge for the node’s Pods. It enforces no NetworkPolicy. */
const cni = ({ pods }: AddressPlan) => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const NEVER = '0%';

const kubelet = ({ node, dns }: AddressPlan) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  failCgroupV1: false,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${MACHINE.cgroup}`,
  enforceNodeAllocatable: [],
  containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
  address: node,
  readOnlyPort: 0,
  healthzPort: 0,
  tlsCertFile: join(CREDENTIALS, 'kubelet.crt'),
  tlsPrivateKeyFile: join(CREDENTIALS, 'kubelet.key'),
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(CREDENTIALS, 'kubelet-client-ca.crt') },
  },
  authorization: { mode: 'Webhook' },
  clusterDNS: [dns],
  clusterDomain: 'cluster.local',
  resolvConf: join(CONFIG, 'resolv.conf'),
  failSwapOn: false,
  // The disk is the machine’s own, and images here cannot be pulled again.
  evictionHard: {
    'memory.available': NEVER,
    'nodefs.available': NEVER,
    'nodefs.inodesFree': NEVER,
    'imagefs.available': NEVER,
    'imagefs.inodesFree': NEVER,
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  maxPods: 200,
  oomScoreAdj: 0,
  kubeAPIQPS: 200,
  kubeAPIBurst: 400,
  eventRecordQPS: 100,
  eventBurst: 200,
  shutdownGracePeriod: '0s',
});

const kubeProxy = ({ node, pods }: AddressPlan) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode: 'iptables',
  hostnameOverride: NODE_NAME,
  clientConnection: { kubeconfig: kubeconfig(KUBE_PROXY.name) },
  clusterCIDR: pods,
  detectLocalMode: 'ClusterCIDR',
  bindAddress: node,
  nodePortAddresses: ['primary'],
  // Zero: leave them, they are the whole machine’s.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
});

/** The command of a program inside the node. */
export const commandInNode = (name: string, args: readonly string[]): string[] => [
  '/usr/bin/env',
  '-i',
  `PATH=${[IN_NODE.bin, ...PATHS].join(':')}`,
  programInNode(name),
  ...args,
];
