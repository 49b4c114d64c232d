import type { Kind, KubeObject } from '@sympozium/api';
import type { Condition } from './kinds.js';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Node extends KubeObject {
  spec?: { unschedulable?: boolean; taints?: Taint[] };
  status?: { allocatable?: Record<string, string>; conditions?: Condition[] };
}

export const NODE: Kind<Node> = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
