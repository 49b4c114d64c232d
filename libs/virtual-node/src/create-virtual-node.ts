import type { KubeClient } from '@sympozium/kube';
import { systemClock, systemRandom, type Logger } from '@sympozium/process';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { defaultRanges } from './address-pool.js';
import type { ImageCommands } from './images.js';
import type { KubeletCredentials } from './kubelet-server.js';
import { VirtualNode, type VirtualNodeOptions } from './virtual-node.js';

export interface CreateVirtualNodeOptions extends Partial<Omit<VirtualNodeOptions, 'clock' | 'random'>> {
  readonly client: KubeClient;
  /** e.g. `https://127.0.0.1:6443`, a connection's `server`. */
  readonly apiServer: string;
  /** Holds `pods/<uid>`; no other node uses it. */
  readonly folder: string;
  readonly images: ImageCommands;
  readonly kubelet: KubeletCredentials;
  readonly log: Logger;
}

/** Processes are light: room for hundreds of Pods, whatever they request. */
const CAPACITY = { cpu: '1000', memory: '4000Gi', 'ephemeral-storage': '4000Gi', pods: '1000' };

/** The same for each life of a node, another one for each machine and folder. */
function uniqueName(folder: string): string {
  const place = createHash('sha256')
    .update(`${hostname()}\n${resolve(folder)}`)
    .digest('hex');
  return `virtual-${place.slice(0, 10)}`;
}

/** A virtual node with what suits one machine, ready to be started. */
export function createVirtualNode(options: CreateVirtualNodeOptions): VirtualNode {
  return new VirtualNode({
    clock: systemClock,
    random: systemRandom,
    nodeName: uniqueName(options.folder),
    ranges: defaultRanges(process.platform),
    kubeletPort: 0,
    capacity: CAPACITY,
    path: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    shutdownGraceMs: 5_000,
    ...options,
  });
}
