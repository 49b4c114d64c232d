import type { Kind, KubeObject } from '@sympozium/api';
import type { Condition } from './kinds.js';

export interface Container {
  name: string;
  restartPolicy?: string;
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  env?: { name: string; value?: string; valueFrom?: unknown }[];
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

interface PodSpec {
  nodeName?: string;
  hostname?: string;
  subdomain?: string;
  schedulerName?: string;
  restartPolicy?: string;
  containers: Container[];
  initContainers?: Container[];
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector } };
  schedulingGates?: unknown[];
  overhead?: Record<string, string>;
  priority?: number;
}

interface NodeSelector {
  nodeSelectorTerms: { matchExpressions?: NodeRequirement[]; matchFields?: NodeRequirement[] }[];
}

export interface NodeRequirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface ContainerStatus {
  name: string;
  restartCount?: number;
  state?: { terminated?: { exitCode: number; finishedAt?: string } };
}

export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: {
    phase?: string;
    podIP?: string;
    podIPs?: { ip: string }[];
    startTime?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

export interface PodTemplate {
  metadata?: Partial<KubeObject['metadata']>;
  spec: PodSpec;
}

export const POD: Kind<Pod> = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

/** Empty while nobody has said a phase. */
export const phaseOf = (pod: Pod): string => pod.status?.phase ?? '';

export const isDeleted = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

export const hasEnded = (pod: Pod): boolean => ['Succeeded', 'Failed'].includes(phaseOf(pod));

/** Neither over nor asked to end. */
export const isActive = (pod: Pod): boolean => !hasEnded(pod) && !isDeleted(pod);

/** Asked to end, and not over yet. */
export const isTerminating = (pod: Pod): boolean => !hasEnded(pod) && isDeleted(pod);

export const podCondition = (pod: Pod, type: string): Condition | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === type);

export const isReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';
