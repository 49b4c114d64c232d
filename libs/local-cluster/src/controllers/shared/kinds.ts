import type { Kind, KubeObject } from '@sympozium/api';

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  [field: string]: unknown;
}

export interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: string; conditions?: Condition[] };
}

export interface Service extends KubeObject {
  spec: {
    clusterIP?: string;
    type?: string;
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; protocol?: string; targetPort?: number | string; appProtocol?: string }[];
    publishNotReadyAddresses?: boolean;
    ipFamilies?: string[];
  };
}

const core = (kind: string, plural: string, namespaced = true) => ({ apiVersion: 'v1', kind, plural, namespaced });

export const NAMESPACE: Kind<Namespace> = core('Namespace', 'namespaces', false);
export const SERVICE: Kind<Service> = core('Service', 'services');
export const SERVICE_ACCOUNT: Kind = core('ServiceAccount', 'serviceaccounts');
export const CONFIG_MAP: Kind<KubeObject & { data?: Record<string, string> }> = core('ConfigMap', 'configmaps');
export const EVENT: Kind = core('Event', 'events');
