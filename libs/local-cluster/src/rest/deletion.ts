import { conflict } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import type { DeleteParameters } from './object-api.js';
import { timeOf } from './times.js';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** What becomes of an object that somebody deletes. */
export interface Deletion {
  /** The object with its marks, if they change it: that is stored first. */
  readonly marked?: ApiObject;
  /** Whether it is gone at once. */
  readonly gone: boolean;
}

/** The rules of k8s.io/apiserver/pkg/registry: grace of Pods, finalizers, propagation. `object` may be changed. */
export function planDeletion(resource: Resource, object: ApiObject, options: DeleteParameters, now: number): Deletion {
  const grace = graceful(resource, object, options.gracePeriodSeconds, now);
  if (grace === 'pending') return { gone: false };
  const { metadata } = object;
  const finalizers = deletionFinalizers(resource, metadata.finalizers ?? [], options);
  if (finalizers.length > 0) metadata.finalizers = [...finalizers];
  else delete metadata.finalizers;
  if (grace === 'none') {
    if (finalizers.length === 0) return { gone: true };
    markAsDeleting(object, now);
    return { marked: object, gone: false };
  }
  return { marked: object, gone: finalizers.length === 0 && metadata.deletionGracePeriodSeconds === 0 };
}

/** Whether an update lets go what waits for its deletion. */
export function endsDeletion(resource: Resource, old: ApiObject, next: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds !== 0) return false;
  if (next.metadata.finalizers?.length) return false;
  if (resource.group !== '' || resource.kind !== 'Namespace') return true;
  const { finalizers = [] } = { ...(next['spec'] as { finalizers?: readonly string[] } | undefined) };
  return finalizers.length === 0;
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

/** What a delete that says nothing of dependents is warned of where they are left alone. */
export function orphanWarning(
  { strategy }: Resource,
  { propagationPolicy, orphanDependents }: DeleteParameters,
): string | undefined {
  if (strategy.defaultPropagation !== 'Orphan' || propagationPolicy || orphanDependents !== undefined) return undefined;
  return (
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or ' +
    'set propagationPolicy=Orphan to suppress this warning'
  );
}

/** Marks an object that somebody runs (a Pod) with its time to leave; the mark may only be moved forward. */
function graceful(
  resource: Resource,
  object: ApiObject,
  wish: number | undefined,
  now: number,
): 'none' | 'marked' | 'pending' {
  const { gracePeriodSeconds } = resource.strategy;
  if (!gracePeriodSeconds) return 'none';
  const requested = wish !== undefined && wish < 0 ? 1 : wish;
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) return shorten(object, requested, now);
  const seconds = gracePeriodSeconds(object, requested);
  metadata.deletionTimestamp = timeOf(now + seconds * 1000);
  metadata.deletionGracePeriodSeconds = seconds;
  if (metadata.generation) metadata.generation += 1;
  return 'marked';
}

function shorten({ metadata }: ApiObject, requested: number | undefined, now: number): 'none' | 'marked' | 'pending' {
  const { deletionTimestamp = '', deletionGracePeriodSeconds: current } = metadata;
  if (!current) return 'none';
  if (requested === undefined || requested >= current) return 'pending';
  const begun = Date.parse(deletionTimestamp) - current * 1000;
  const until = begun + requested * 1000;
  metadata.deletionTimestamp = timeOf(Math.max(until, now));
  metadata.deletionGracePeriodSeconds = until < now && requested !== 0 ? 1 : requested;
  return 'marked';
}

function markAsDeleting({ metadata }: ApiObject, now: number): void {
  const { deletionTimestamp } = metadata;
  if (deletionTimestamp === undefined && metadata.generation) metadata.generation += 1;
  if (deletionTimestamp === undefined || Date.parse(deletionTimestamp) > now) metadata.deletionTimestamp = timeOf(now);
  metadata.deletionGracePeriodSeconds = 0;
}

/** The garbage collector's own finalizers say what becomes of the dependents. */
function deletionFinalizers(
  resource: Resource,
  finalizers: readonly string[],
  options: DeleteParameters,
): readonly string[] {
  const propagation = propagationOf(resource, finalizers, options);
  const own = propagation === 'Orphan' ? ORPHAN : propagation === 'Foreground' ? FOREGROUND : undefined;
  const isOther = (finalizer: string): boolean => finalizer !== ORPHAN && finalizer !== FOREGROUND;
  if (own !== undefined && finalizers.filter((finalizer) => !isOther(finalizer)).join() === own) return finalizers;
  return [...finalizers.filter(isOther), ...(own === undefined ? [] : [own])];
}

function propagationOf(
  { strategy }: Resource,
  finalizers: readonly string[],
  { orphanDependents, propagationPolicy }: DeleteParameters,
): 'Background' | 'Foreground' | 'Orphan' {
  if (strategy.defaultPropagation === 'Unsupported') return 'Background';
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (propagationPolicy) return propagationPolicy;
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  if (finalizers.includes(FOREGROUND)) return 'Foreground';
  return strategy.defaultPropagation ?? 'Background';
}
