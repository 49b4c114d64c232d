import type { NetworkRanges } from '../address-pool.js';
import type { EndpointSlice } from './service.js';

/** Where a connection is forwarded to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * The ready endpoints of one port of a Service, each once: a slice that is being split may say one twice. The number
 * comes from the slice, where Kubernetes has looked up a `targetPort` that is a name.
 */
export function readyTargets(slices: readonly EndpointSlice[], portName: string, ranges: NetworkRanges): Target[] {
  const targets = new Map<string, Target>();
  for (const slice of slices) {
    const number = slice.ports?.find(({ name }) => (name ?? '') === portName)?.port;
    if (typeof number !== 'number' || slice.addressType !== 'IPv4') continue;
    for (const address of readyAddresses(slice))
      targets.set(`${address}:${number}`, { host: processAddress(address, ranges), port: number });
  }
  return [...targets.values()];
}

/** All addresses of an endpoint mean the same Pod; an unknown readiness counts as ready. */
const readyAddresses = ({ endpoints }: EndpointSlice): string[] =>
  (endpoints ?? []).flatMap(({ addresses, conditions }) => (conditions?.ready === false ? [] : addresses.slice(0, 1)));

/** What a Pod's process binds, of the address in its status; an address of somebody else stays as it is. */
export function processAddress(address: string, { pods, processes }: NetworkRanges): string {
  if (!address.startsWith(`${pods}.`)) return address;
  return processes.split('.').length === 4 ? processes : processes + address.slice(pods.length);
}
