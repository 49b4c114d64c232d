import { type Kind, type KubeObject } from '@sympozium/api';
import { isAlreadyExists, isNotFound, type KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Runnable, Timer } from '@sympozium/process';
import { timestamp } from './pod.js';

interface Node extends KubeObject {
  spec?: { taints?: { key: string; effect: string }[] };
}
interface Lease extends KubeObject {
  spec?: Record<string, unknown>;
}

const NODE: Kind<Node> = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
const LEASE: Kind<Lease> = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
const LEASES = 'kube-node-lease';
const HEARTBEAT_MS = 10_000;
const LEASE_SECONDS = 40;
/** The lease is the heartbeat; the status is written now and then, as the kubelet does. */
const STATUS_EVERY = 30;

export interface NodeRegistrationOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodeName: string;
  readonly hostIP: string;
  readonly capacity: Readonly<Record<string, string>>;
  /** Asked when the kubelet endpoint listens. */
  readonly kubeletPort: () => number;
}

/** The Node object and its heartbeat. */
export class NodeRegistration implements Runnable {
  readonly name: string;
  readonly #options: NodeRegistrationOptions;
  #timer: Timer | undefined;
  #beats = 0;
  #stopped = false;

  constructor(options: NodeRegistrationOptions) {
    this.name = `node ${options.nodeName}`;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    await this.#create();
    await Promise.all([this.#writeStatus(true), this.#renewLease()]);
    await this.#clearTaints();
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#writeStatus(false).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the Node could not be marked as stopped');
    });
  }

  async #create(): Promise<void> {
    const { client, nodeName } = this.#options;
    const labels = {
      'kubernetes.io/hostname': nodeName,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
      'node.sympozium.ai/virtual': 'true',
    };
    try {
      await client.create(NODE, { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, labels } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  async #writeStatus(ready: boolean): Promise<void> {
    const { client, nodeName, hostIP, capacity, kubeletPort, clock } = this.#options;
    const now = timestamp(clock.now());
    const condition = {
      type: 'Ready',
      status: ready ? 'True' : 'False',
      reason: ready ? 'VirtualNodeReady' : 'VirtualNodeStopped',
      message: ready ? 'runs containers as processes' : 'the process that runs this node has ended',
      lastHeartbeatTime: now,
      ...(this.#beats === 0 || !ready ? { lastTransitionTime: now } : {}),
    };
    const status = {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: hostIP },
        { type: 'Hostname', address: nodeName },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort() } },
      conditions: [condition],
      nodeInfo: { kubeletVersion: 'v1.37.2-sympozium', operatingSystem: 'linux', ...NODE_INFO },
    };
    await client.patch(NODE, { name: nodeName }, { type: 'strategic', body: { status } }, { subresource: 'status' });
  }

  /** A fresh Node is tainted until a controller has seen it ready; this one is, and says so itself. */
  async #clearTaints(): Promise<void> {
    const { client, nodeName } = this.#options;
    const { spec } = await client.get(NODE, { name: nodeName });
    const taints = spec?.taints ?? [];
    const kept = taints.filter(({ key }) => !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key));
    if (kept.length === taints.length) return;
    await client.patch(NODE, { name: nodeName }, { type: 'merge', body: { spec: { taints: kept } } });
  }

  async #renewLease(): Promise<void> {
    const { client, nodeName, clock } = this.#options;
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime };
    const key = { namespace: LEASES, name: nodeName };
    try {
      await client.patch(LEASE, key, { type: 'merge', body: { spec } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const lease = { apiVersion: LEASE.apiVersion, kind: LEASE.kind, metadata: key, spec };
      await client.create(LEASE, lease);
    }
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(HEARTBEAT_MS, () => {
      this.#beats += 1;
      const status = this.#beats % STATUS_EVERY === 0 ? this.#writeStatus(true) : undefined;
      Promise.all([this.#renewLease(), status])
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'heartbeat failed, trying again'))
        .finally(() => this.#arm());
    });
  }
}

const NODE_INFO = {
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
  bootID: '',
  containerRuntimeVersion: `process://${process.versions.node}`,
  kernelVersion: '',
  kubeProxyVersion: '',
  machineID: '',
  osImage: process.platform,
  systemUUID: '',
};
