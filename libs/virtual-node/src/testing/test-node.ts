import { FakeKubeClient, type FakeKubeClientOptions } from '@sympozium/kube/testing';
import { recordingLogger } from '@sympozium/process/testing';
import { createAuthority } from '@sympozium/tls';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualNode, type CreateVirtualNodeOptions } from '../create-virtual-node.js';
import type { KubeletCredentials } from '../kubelet-server.js';
import { POD_KIND, type Pod } from '../pod.js';
import type { VirtualNode } from '../virtual-node.js';
import { NODE_NAME } from './shell-pod.js';

const IMAGES = new Map<string, readonly string[]>([['local/sh', ['/bin/sh', '-c']]]);

const authority = await createAuthority('kubelet CA');
/** What the API server shows to the kubelet. */
export const apiServerCertificate = await authority.issue({ commonName: 'kube-apiserver', usage: 'client' });
export const kubeletCa = authority.cert;

/** Credentials of a log endpoint that trusts `apiServerCertificate`. */
export async function kubeletCredentials(): Promise<KubeletCredentials> {
  const { cert, key } = await authority.issue({ commonName: 'node', hosts: ['127.0.0.1'], usage: 'server' });
  return { cert, key, clientCa: authority.cert };
}

/** A virtual node on an API server in memory, with a folder of its own. */
export class TestNode {
  readonly client: FakeKubeClient;
  readonly folder = mkdtempSync(join(tmpdir(), 'virtual-node-'));
  readonly log = recordingLogger();
  readonly #nodes: VirtualNode[] = [];

  constructor(options: FakeKubeClientOptions = {}) {
    this.client = new FakeKubeClient(options);
    this.client.onRaw('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', (request) => ({
      status: { token: JSON.stringify(request), expirationTimestamp: '2099-01-01T00:00:00Z' },
    }));
  }

  /** Starts a node; again after `stop` or a crash is its next life. */
  async start(options: Partial<CreateVirtualNodeOptions> = {}): Promise<VirtualNode> {
    const node = createVirtualNode({
      client: this.client,
      apiServer: 'https://127.0.0.1:6443',
      folder: this.folder,
      images: IMAGES,
      kubelet: await kubeletCredentials(),
      log: this.log.log,
      nodeName: NODE_NAME,
      shutdownGraceMs: 1_000,
      ...options,
    });
    this.#nodes.push(node);
    await node.start();
    return node;
  }

  /** Stops what still runs and removes the folder. */
  async end(): Promise<void> {
    for (const node of this.#nodes) await node.stop();
    await this.client.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Makes a Pod that is bound to the node. */
  create(pod: Pod): Promise<Pod> {
    return this.client.create(POD_KIND, pod);
  }

  pod(name: string): Pod | undefined {
    return this.client.server.peek(POD_KIND, { namespace: 'default', name });
  }

  /** Status writes of a Pod, in order. */
  statusWrites(name: string): unknown[] {
    return this.client.writes
      .filter((call) => call.name === name && call.kind === POD_KIND && call.subresource === 'status')
      .map(({ body }) => (body as { body: { status: unknown } }).body.status);
  }
}
