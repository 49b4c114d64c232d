import type { ApiObject } from '../api-object.js';
import { sameJson } from '../schema/json.js';
import type { WriteParameters } from './object-api.js';

/** Keeps each owner once, in place, and warns of those that are named again. */
export function dedupOwners({ metadata }: ApiObject, warn: WriteParameters['warn'], when = ''): void {
  const { ownerReferences = [] } = metadata;
  if (ownerReferences.length < 2) return;
  const isKnown = (index: number): boolean =>
    ownerReferences.slice(0, index).some((earlier) => sameJson(earlier, ownerReferences[index]));
  const again = ownerReferences.filter((_, index) => isKnown(index));
  if (again.length === 0) return;
  metadata.ownerReferences = ownerReferences.filter((_, index) => !isKnown(index));
  warn(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may ` +
      'reject such requests as early as 1.24; please fix your requests; ' +
      `duplicate UID(s) observed: ${again.map(({ uid }) => uid).join(', ')}`,
  );
}
