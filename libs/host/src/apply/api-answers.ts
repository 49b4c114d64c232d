import { KubeError } from '@sympozium/kube';

/** Statuses by which the server says no to this very object, quota and admission among them; others pass by. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 413, 422]);

export const isRefusal = (error: unknown): error is KubeError =>
  error instanceof KubeError && REFUSALS.has(error.status);

/** For the deletion of an object by its uid. */
export function ignoreGone(error: unknown): void {
  // 409: the name is another object's by now, so the one that was meant is gone.
  if (!(error instanceof KubeError) || (error.status !== 404 && error.status !== 409)) throw error;
}
