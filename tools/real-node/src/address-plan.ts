/** Addresses of a node, its Pods and its Services: IPv4, out of one /16. */
export interface AddressPlan {
  readonly pods: string;
  readonly services: string;
  /** Of the Service `kubernetes`: the range’s first. */
  readonly kubernetes: string;
  readonly dns: string;
  /** This machine, as node and Pods reach it. */
  readonly host: string;
  readonly node: string;
}

/** Private ranges that are seldom used; tried in this order. */
const PREFIXES = ['10.231', '10.233', '172.29', '192.168'] as const;

/** A destination of the machine’s routing table, e.g. `10.231.0.0/24` or `10.231.0.1`. */
type Route = string;

/** The first plan that meets none of the machine’s networks; undefined if each of them does. */
export function choosePlan(routes: readonly Route[]): AddressPlan | undefined {
  const prefix = PREFIXES.find((candidate) => !routes.some((route) => overlaps(route, `${candidate}.64.0/22`)));
  return prefix === undefined ? undefined : plan(prefix);
}

const plan = (prefix: string): AddressPlan => ({
  pods: `${prefix}.64.0/24`,
  services: `${prefix}.65.0/24`,
  kubernetes: `${prefix}.65.1`,
  dns: `${prefix}.65.10`,
  host: `${prefix}.66.1`,
  node: `${prefix}.66.2`,
});

function overlaps(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  if (a === undefined || b === undefined) return false;
  const block = 2 ** (32 - Math.min(a.bits, b.bits));
  return Math.floor(a.address / block) === Math.floor(b.address / block);
}

/** Nothing of what is no IPv4 network, such as `default`. */
function parse(network: string): { address: number; bits: number } | undefined {
  const [, address, bits = '32'] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(network) ?? [];
  if (address === undefined) return undefined;
  return { address: address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), bits: Number(bits) };
}
