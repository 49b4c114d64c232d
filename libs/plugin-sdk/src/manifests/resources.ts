import type { V1ResourceRequirements } from '@kubernetes/client-node';

/** Amounts by resource name, e.g. `{ cpu: '50m' }`. */
export type Amounts = Readonly<Record<string, string>>;

/**
 * Requests and limits with defaults for what nobody asked for. A limit alone is its own request in Kubernetes,
 * so a default request never stands beside a user's limit, which could be smaller and be refused.
 */
export function resources(
  defaults: Amounts,
  wished: { readonly requests?: Amounts | undefined; readonly limits?: Amounts | undefined },
): V1ResourceRequirements {
  const limits = wished.limits ?? {};
  const unlimited = Object.entries(defaults).filter(([name]) => limits[name] === undefined);
  return {
    requests: { ...Object.fromEntries(unlimited), ...wished.requests },
    ...(Object.keys(limits).length > 0 && { limits: { ...limits } }),
  };
}
