import type { Kind, KubeObject } from '@sympozium/api';
import type { Condition } from './kinds.js';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface Node extends KubeObject {
  spec?: { unschedulable?: boolean; taints?: Taint[] };
  status?: { allocatable?: Record<string, string>; conditions?: Condition[] };
}

export interface Lease extends KubeObject {
  spec?: { renewTime?: string };
}

export const NODE: Kind<Node> = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };

export const LEASE: Kind<Lease> = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** Holds a lease a node, of the node's name, which the node renews while it lives. */
export const NODE_LEASES = 'kube-node-lease';

/** What a node is, or was found to be, of a type such as `Ready`. */
export const nodeCondition = (node: Node, type: string): Condition | undefined =>
  node.status?.conditions?.find((condition) => condition.type === type);
