import type { Kind, KubeObject } from '@sympozium/api';
import { isNotFound, KubeError, type KubeClient, type ObjectKey } from '@sympozium/kube';

/** Statuses by which the server says no to this very object, quota and admission among them; others pass by. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 413, 422]);
/** The same of a kind, or of the way it is written. */
const KIND_REFUSALS: ReadonlySet<number> = new Set([404, 405, 415]);

export const isRefusal = (error: unknown): error is KubeError =>
  error instanceof KubeError && REFUSALS.has(error.status);

/** Whether the server says no to an object of a plugin, whose kind it may not know. */
export const isChildRefusal = (error: unknown): error is KubeError =>
  isRefusal(error) || (error instanceof KubeError && KIND_REFUSALS.has(error.status));

/** For the deletion of an object by its uid. */
export function ignoreGone(error: unknown): void {
  // 409: the name is another object's by now, so the one that was meant is gone.
  if (!(error instanceof KubeError) || (error.status !== 404 && error.status !== 409)) throw error;
}

/** The object as the API server has it now, if there is one. */
export async function readIfThere(
  client: KubeClient,
  kind: Kind,
  { namespace, name }: ObjectKey,
): Promise<KubeObject | undefined> {
  try {
    return await client.get(kind, { ...(namespace !== undefined && { namespace }), name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
