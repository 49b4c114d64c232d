import type { Kind, KubeObject } from '@sympozium/api';

/** Where a Gateway listens. */
export interface Listener {
  name: string;
  port: number;
  protocol: string;
}

/** A Gateway as far as an address needs it, https://gateway-api.sigs.k8s.io/reference/spec/#gateway */
export interface Gateway extends KubeObject {
  spec: { listeners: Listener[] };
}

export const GATEWAY: Kind<Gateway> = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  plural: 'gateways',
  namespaced: true,
};
