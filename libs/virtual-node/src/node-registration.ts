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
const LEASE: Kind<Lease> = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true };
const LEASES = 'kube-node-lease';
const HEARTBEAT_MS = 10_000;
const LEASE_SECONDS = 40;
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

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

/**
 * The Node object and its heartbeat. The heartbeat is the lease alone: the status is written at the start, at the end,
 * and when the lease had run out meanwhile, since the cluster then took the node for dead.
 */
export class NodeRegistration implements Runnable {
  readonly name: string;
  readonly #options: NodeRegistrationOptions;
  #uid = '';
  #renewed = 0;
  #timer: Timer | undefined;
  #beat: Promise<void> | undefined;
  #stopped = false;

  constructor(options: NodeRegistrationOptions) {
    this.name = `node ${options.nodeName}`;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    await this.#create();
    await this.#becomeReady();
    await this.#heartbeat();
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#beat;
    await this.#writeStatus(false).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the Node could not be marked as stopped');
    });
  }

  async #create(): Promise<void> {
    const { client, nodeName } = this.#options;
    const labels = {
      'kubernetes.io/hostname': nodeName,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': ARCHITECTURE,
      'node.sympozium.ai/virtual': 'true',
    };
    try {
      await client.create(NODE, { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, labels } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  /** A fresh Node is tainted until a controller has seen it ready; this one is, and says so itself. */
  async #becomeReady(): Promise<void> {
    const { client, nodeName } = this.#options;
    const { metadata, spec } = await this.#writeStatus(true);
    this.#uid = metadata.uid ?? '';
    const taints = spec?.taints ?? [];
    const kept = taints.filter(({ key }) => !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key));
    if (kept.length < taints.length)
      await client.patch(NODE, { name: nodeName }, { type: 'merge', body: { spec: { taints: kept } } });
  }

  #writeStatus(ready: boolean): Promise<Node> {
    const { client, nodeName, hostIP, capacity, kubeletPort, clock } = this.#options;
    const now = timestamp(clock.now());
    const status = {
      capacity,
      allocatable: capacity,
      addresses: [
        { type: 'InternalIP', address: hostIP },
        { type: 'Hostname', address: nodeName },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort() } },
      conditions: [{ ...(ready ? READY : STOPPED), lastHeartbeatTime: now, lastTransitionTime: now }],
      nodeInfo: NODE_INFO,
    };
    return client.patch(NODE, { name: nodeName }, { type: 'strategic', body: { status } }, { subresource: 'status' });
  }

  /** Renews the lease; a failure is told and made good by the next one. */
  async #heartbeat(): Promise<void> {
    const { clock, log } = this.#options;
    const ranOut = this.#renewed > 0 && clock.now() - this.#renewed > LEASE_SECONDS * 1000;
    try {
      await this.#renewLease();
      if (ranOut) await this.#becomeReady();
      this.#renewed = clock.now();
    } catch (error) {
      log.warn({ err: error }, 'heartbeat failed, trying again');
    }
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
      const owner = { apiVersion: NODE.apiVersion, kind: NODE.kind, name: nodeName, uid: this.#uid };
      const { apiVersion, kind } = LEASE;
      await client.create(LEASE, { apiVersion, kind, metadata: { ...key, ownerReferences: [owner] }, spec } as Lease);
    }
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(HEARTBEAT_MS, () => {
      this.#beat = this.#heartbeat().finally(() => this.#arm());
    });
  }
}

const READY = {
  type: 'Ready',
  status: 'True',
  reason: 'VirtualNodeReady',
  message: 'runs containers as processes',
};

const STOPPED = {
  type: 'Ready',
  status: 'False',
  reason: 'VirtualNodeStopped',
  message: 'the process that runs this node has ended',
};

const NODE_INFO = {
  architecture: ARCHITECTURE,
  bootID: '',
  containerRuntimeVersion: `process://${process.versions.node}`,
  kernelVersion: '',
  kubeletVersion: 'v1.37.2-sympozium',
  kubeProxyVersion: '',
  machineID: '',
  operatingSystem: 'linux',
  osImage: process.platform,
  systemUUID: '',
};
