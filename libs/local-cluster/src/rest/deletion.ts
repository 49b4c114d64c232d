import { conflict } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import type { DeleteParameters } from './object-api.js';
import { timeOf } from './times.js';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** What becomes of an object that somebody deletes. */
export type Deletion =
  /** It is gone at once. */
  | { readonly step: 'remove' }
  /** It stays, marked, until its finalizers or who runs it let it go. */
  | { readonly step: 'mark'; readonly object: ApiObject }
  /** It is being deleted already, and this changes nothing. */
  | { readonly step: 'pending' };

/** The rules of k8s.io/apiserver/pkg/registry: grace of Pods, finalizers, propagation. `object` may be changed. */
export function planDeletion(resource: Resource, object: ApiObject, options: DeleteParameters, now: number): Deletion {
  checkPreconditions(resource, object, options);
  const grace = graceful(resource, object, options.gracePeriodSeconds, now);
  if (grace === 'pending') return { step: 'pending' };
  const { metadata } = object;
  const finalizers = deletionFinalizers(resource, object, options);
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (grace === 'none' && finalizers.length === 0) return { step: 'remove' };
  if (grace === 'none') markAsDeleting(object, now);
  const isOver = grace === 'shortened' && metadata.deletionGracePeriodSeconds === 0;
  return isOver && finalizers.length === 0 ? { step: 'remove' } : { step: 'mark', object };
}

/** Whether an update lets go what waits for its deletion. */
export function endsDeletion(old: ApiObject, next: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !next.metadata.finalizers?.length;
}

/** Refuses what was deleted, or changed, and made again meanwhile. */
export function checkPreconditions(
  resource: Resource,
  { metadata }: ApiObject,
  { preconditions = {} }: DeleteParameters,
): void {
  const who = { group: resource.group, plural: resource.kind };
  const { uid, resourceVersion } = preconditions;
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(
      who,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      who,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
}

/** Marks an object that somebody runs (a Pod) with its time to leave; the mark may only be moved forward. */
function graceful(
  resource: Resource,
  object: ApiObject,
  wish: number | undefined,
  now: number,
): 'none' | 'shortened' | 'pending' {
  const { gracePeriodSeconds } = resource.strategy;
  if (!gracePeriodSeconds) return 'none';
  const requested = wish !== undefined && wish < 0 ? 1 : wish;
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return shorten(object, requested, now);
  const seconds = gracePeriodSeconds(object, requested);
  metadata.deletionTimestamp = timeOf(now + seconds * 1000);
  metadata.deletionGracePeriodSeconds = seconds;
  if (metadata.generation) metadata.generation += 1;
  return 'shortened';
}

function shorten(
  { metadata }: ApiObject,
  requested: number | undefined,
  now: number,
): 'none' | 'shortened' | 'pending' {
  const { deletionTimestamp = '', deletionGracePeriodSeconds: current } = metadata;
  if (!current) return 'none';
  if (requested === undefined || requested >= current) return 'pending';
  const begun = Date.parse(deletionTimestamp) - current * 1000;
  const until = begun + requested * 1000;
  metadata.deletionTimestamp = timeOf(Math.max(until, now));
  metadata.deletionGracePeriodSeconds = until < now && requested !== 0 ? 1 : requested;
  return 'shortened';
}

function markAsDeleting({ metadata }: ApiObject, now: number): void {
  if (metadata.deletionGracePeriodSeconds === undefined && metadata.generation) metadata.generation += 1;
  if (metadata.deletionTimestamp === undefined || Date.parse(metadata.deletionTimestamp) > now)
    metadata.deletionTimestamp = timeOf(now);
  metadata.deletionGracePeriodSeconds = 0;
}

/** The garbage collector's own finalizers say what becomes of the dependents. */
function deletionFinalizers(resource: Resource, { metadata }: ApiObject, options: DeleteParameters): string[] {
  const { finalizers = [] } = metadata;
  const propagation = propagationOf(resource, finalizers, options);
  const others = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (propagation === 'Orphan') return [...others, ORPHAN];
  return propagation === 'Foreground' ? [...others, FOREGROUND] : others;
}

function propagationOf(
  { strategy }: Resource,
  finalizers: readonly string[],
  { orphanDependents, propagationPolicy }: DeleteParameters,
): 'Background' | 'Foreground' | 'Orphan' {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (propagationPolicy) return propagationPolicy;
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  if (finalizers.includes(FOREGROUND)) return 'Foreground';
  return strategy.defaultPropagation ?? 'Background';
}
