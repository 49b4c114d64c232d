import { join } from 'node:path';

/** What a node takes of its machine, under names that are the same for each: so a machine has one node at a time. */
export const MACHINE = {
  /** Below the root of each cgroup hierarchy: everything that the kubelet makes. */
  cgroup: 'sympozium-node',
  /** This machine’s end of the link to the node. */
  link: 'sympozium0',
  /** Locked until a node’s last process is gone: a folder, so that no file is left. */
  lock: '/run',
  /** Says who runs the node. */
  claim: '/run/sympozium-node.json',
} as const;

/** The node’s folder and its programs as the node sees them. */
export const IN_NODE = { folder: '/run/sympozium', bin: '/run/sympozium-bin' } as const;

/** Path of one of the node’s programs inside. */
export const programInNode = (name: string): string => join(IN_NODE.bin, name);
