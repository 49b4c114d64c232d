import type { Kind, KubeObject } from '@sympozium/api';
import type { V1JobSpec, V1JobStatus, V1PodSpec, V1PodStatus } from '@kubernetes/client-node';
import type { Wire } from './wire.js';

/** A Job, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/ */
export interface Job extends KubeObject {
  spec: Wire<V1JobSpec>;
  status?: Wire<V1JobStatus>;
}

/** A Pod, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface Pod extends KubeObject {
  spec: Wire<V1PodSpec>;
  status?: Wire<V1PodStatus>;
}

/** A ConfigMap; `binaryData` is base64. */
export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

/** A Secret; `data` is base64. */
export interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
  immutable?: boolean;
}

export const JOB: Kind<Job> = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };

export const POD: Kind<Pod> = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

export const CONFIG_MAP: Kind<ConfigMap> = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

export const SECRET: Kind<Secret> = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
