import type { KubeClient } from '@sympozium/kube';
import { systemClock, systemRandom, type Logger } from '@sympozium/process';
import { dirname } from 'node:path';
import { defaultRanges } from './address-pool.js';
import type { ImageCommands } from './images.js';
import type { KubeletCredentials } from './kubelet-server.js';
import { VirtualNode, type VirtualNodeOptions } from './virtual-node.js';

export interface CreateVirtualNodeOptions extends Partial<Omit<VirtualNodeOptions, 'clock' | 'random'>> {
  readonly client: KubeClient;
  /** e.g. `https://127.0.0.1:6443`, a connection's `server`. */
  readonly apiServer: string;
  /** Holds `pods/<uid>`. */
  readonly folder: string;
  readonly images: ImageCommands;
  readonly kubelet: KubeletCredentials;
  readonly log: Logger;
}

/** Processes are light: room for hundreds of Pods, whatever they request. */
const CAPACITY = { cpu: '1000', memory: '4000Gi', 'ephemeral-storage': '4000Gi', pods: '1000' };

/** A virtual node with what suits one machine, ready to be started. */
export function createVirtualNode(options: CreateVirtualNodeOptions): VirtualNode {
  return new VirtualNode({
    clock: systemClock,
    random: systemRandom,
    nodeName: 'sympozium-local',
    ranges: defaultRanges(process.platform),
    kubeletPort: 0,
    capacity: CAPACITY,
    path: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    shutdownGraceMs: 5_000,
    ...options,
  });
}
