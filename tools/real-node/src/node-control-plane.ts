import { startControlPlane, type ControlPlane, type Place } from '@sympozium/kube-assets';
import type { AddressPlan } from './address-plan.js';
import type { Namespaces } from './namespaces.js';
import { KUBE_PROXY, KUBELET, NODE_NAME } from './node-config.js';
import type { RealNodeOptions } from './real-node-options.js';

const API_PORT = 6443;

/** Starts the control plane in the node’s network, where kubelet and Pods reach it as well as this machine. */
export async function startNodeControlPlane(
  options: RealNodeOptions,
  plan: AddressPlan,
  namespaces: Namespaces,
): Promise<ControlPlane> {
  const { folder, assets, users = [], signal } = options;
  const place: Place = {
    enter: namespaces.network,
    address: plan.node,
    port: API_PORT,
    serviceRange: plan.services,
    serviceAddress: plan.kubernetes,
    kubeletHosts: [NODE_NAME, plan.node],
    realNodes: true,
  };
  return startControlPlane({
    folder,
    assets: assets.controlPlane,
    users: [KUBELET, KUBE_PROXY, ...users],
    durable: false,
    place,
    ...(signal ? { signal } : {}),
  });
}
