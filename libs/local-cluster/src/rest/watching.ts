import { ApiError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import type { Change, RevisionStore } from '../storage/revision-store.js';
import { groupVersion } from './decode.js';
import { parseVersion, tooLarge } from './listing.js';
import type { ApiWatchEvent, WatchParameters } from './object-api.js';
import { selection } from './selectors.js';
import { prefixOf } from './store-key.js';
import { atVersionOf } from './versions.js';

/** Follows the objects of a selection; what enters or leaves it is ADDED or DELETED. */
export function watchObjects(
  store: RevisionStore,
  resource: Resource,
  parameters: WatchParameters,
  onEvent: (event: ApiWatchEvent) => void,
): () => void {
  const prefix = prefixOf(resource, parameters.namespace);
  const matches = selection(resource, parameters);
  const from = startOf(store, parameters);
  const tell = ({ type, object }: ObjectEvent): void => onEvent({ type, object: atVersionOf(resource, object) });
  if (from === undefined) {
    for (const object of store.list(prefix)) if (matches(object)) tell({ type: 'ADDED', object });
    if (parameters.allowWatchBookmarks)
      onEvent(bookmark(resource, store.revision, { 'k8s.io/initial-events-end': 'true' }));
  }
  const after = from ?? store.revision;
  return store.watch(prefix, Math.min(after, store.revision), (change) => {
    const event = change.revision > after ? eventOf(change, matches) : undefined;
    if (event) tell(event);
  });
}

type ObjectEvent = Exclude<ApiWatchEvent, { type: 'ERROR' }>;

/** A BOOKMARK: everything up to this revision was told. */
function bookmark(resource: Resource, revision: number, annotations?: Record<string, string>): ApiWatchEvent {
  const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) };
  const object = { kind: resource.kind, apiVersion: groupVersion(resource), metadata };
  return { type: 'BOOKMARK', object: object as unknown as ApiObject };
}

/** The revision after which changes are told, be it one to come; undefined: first everything there is. */
function startOf(store: RevisionStore, { resourceVersion, sendInitialEvents }: WatchParameters): number | undefined {
  // That it is no number, the real server does not foresee here.
  const revision = resourceVersion ? parseVersion(resourceVersion, (why) => new ApiError(500, '', why)) : 0;
  if (sendInitialEvents ?? revision === 0) {
    if (revision > store.revision) throw tooLarge(revision, store.revision);
    return undefined;
  }
  if (revision === 0) return store.revision;
  if (revision < store.compacted)
    throw new ApiError(410, 'Expired', `too old resource version: ${revision} (${store.compacted})`);
  return revision;
}

function eventOf(change: Change, matches: (object: ApiObject) => boolean): ObjectEvent | undefined {
  const { type, object, previous } = change;
  const before = previous !== undefined && matches(previous);
  const after = type !== 'DELETED' && matches(object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  return { type: 'DELETED', object: type === 'DELETED' ? object : atVersion(previous, object) };
}

/** What left the selection is told as it was, at the version of the change. */
function atVersion(object: ApiObject, { metadata: { resourceVersion } }: ApiObject): ApiObject {
  return { ...object, metadata: { ...object.metadata, ...(resourceVersion !== undefined && { resourceVersion }) } };
}
