import type { Kind, KubeObject } from '@sympozium/api';
import type { LabelSelector } from '../../label-selector.js';
import type { Condition } from '../shared/kinds.js';
import type { PodTemplate } from '../shared/pod.js';

export interface ReplicaSetStatus {
  replicas?: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  terminatingReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

export interface ReplicaSet extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate };
  status?: ReplicaSetStatus;
}

export interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  terminatingReplicas?: number;
  collisionCount?: number;
  conditions?: Condition[];
}

export interface Deployment extends KubeObject {
  spec: {
    replicas?: number;
    minReadySeconds?: number;
    paused?: boolean;
    progressDeadlineSeconds?: number;
    revisionHistoryLimit?: number;
    selector: LabelSelector;
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
    template: PodTemplate;
  };
  status?: DeploymentStatus;
}

const apps = (kind: string, plural: string) => ({ apiVersion: 'apps/v1', kind, plural, namespaced: true });

export const REPLICA_SET: Kind<ReplicaSet> = apps('ReplicaSet', 'replicasets');
export const DEPLOYMENT: Kind<Deployment> = apps('Deployment', 'deployments');

/** The server's default is one. */
export const replicasOf = ({ spec }: ReplicaSet | Deployment): number => spec.replicas ?? 1;
