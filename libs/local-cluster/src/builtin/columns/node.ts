import type { ApiObject } from '../../api-object.js';
import { cellsFor, NAME_AND_AGE, NONE } from './cell.js';

interface Node {
  readonly spec: { readonly unschedulable?: boolean };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: {
      readonly kubeletVersion?: string;
      readonly osImage?: string;
      readonly kernelVersion?: string;
      readonly containerRuntimeVersion?: string;
      readonly architecture?: string;
    };
  };
}

const UNKNOWN = '<unknown>';

export const NODE = cellsFor<Node>({
  ...NAME_AND_AGE,
  Status: nodeStatus,
  Roles: (node) => rolesOf(node).join(',') || NONE,
  Version: ({ status }) => status.nodeInfo?.kubeletVersion ?? '',
  'Internal-IP': (node) => addressOf(node, 'InternalIP'),
  'External-IP': (node) => addressOf(node, 'ExternalIP'),
  'OS-Image': ({ status }) => status.nodeInfo?.osImage || UNKNOWN,
  'Kernel-Version': ({ status: { nodeInfo: { kernelVersion, architecture } = {} } }) =>
    (kernelVersion || UNKNOWN) + (architecture ? ` (${architecture})` : ''),
  'Container-Runtime': ({ status }) => status.nodeInfo?.containerRuntimeVersion || UNKNOWN,
});

function nodeStatus({ spec, status: { conditions = [] } }: Node): string {
  const ready = conditions.findLast(({ type }) => type === 'Ready');
  const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function rolesOf({ metadata: { labels = {} } }: ApiObject): string[] {
  const roles = Object.entries(labels).map(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.slice(ROLE_PREFIX.length);
    return key === 'kubernetes.io/role' ? value : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort();
}

const addressOf = ({ status: { addresses = [] } }: Node, wanted: string): string =>
  addresses.find(({ type }) => type === wanted)?.address ?? NONE;
