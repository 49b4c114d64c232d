import type { Kind, KubeObject } from '@sympozium/api';
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

export interface Terminated {
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: Terminated;
}

export interface ContainerStatus {
  name: string;
  image: string;
  imageID: string;
  containerID?: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
}

export interface PodCondition {
  type: string;
  status: 'True' | 'False';
  lastTransitionTime: string;
  reason?: string;
  message?: string;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** What this node writes into a Pod's status; times are RFC 3339 strings, as they travel. */
export interface PodStatus {
  observedGeneration?: number;
  phase: PodPhase;
  reason?: string | null;
  message?: string | null;
  startTime?: string;
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  conditions?: PodCondition[];
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
}

export interface Pod extends KubeObject {
  spec: V1PodSpec;
  status?: PodStatus;
}

export type Container = V1Container;

export interface Secret extends KubeObject {
  immutable?: boolean;
  data?: Record<string, string>;
}

export interface ConfigMap extends KubeObject {
  immutable?: boolean;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

export const POD_KIND: Kind<Pod> = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
export const SECRET: Kind<Secret> = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
export const CONFIG_MAP: Kind<ConfigMap> = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

/** Init containers, then the others. */
export const allContainers = ({ spec }: Pod): Container[] => [...(spec.initContainers ?? []), ...spec.containers];

/** An init container that goes on running beside the others, and is started again whenever it ends. */
export const isSidecar = ({ spec }: Pod, container: Container): boolean =>
  container.restartPolicy === 'Always' && (spec.initContainers ?? []).includes(container);

/** A Pod whose containers are started again however they end; every other one is a task, which ends. */
export const isServer = ({ spec: { restartPolicy = 'Always' } }: Pod): boolean => restartPolicy === 'Always';

export const namespaceOf = ({ metadata }: Pod): string => metadata.namespace ?? 'default';

/** Names the Pod's folder, so it is never empty. */
export function uidOf({ metadata }: Pod): string {
  if (!metadata.uid) throw new Error(`Pod ${metadata.name} has no uid; the API server gives every object one`);
  return metadata.uid;
}

export const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Kubernetes' own times have whole seconds. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
