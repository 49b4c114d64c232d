import { unsupportedMediaType } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from '../patch/index.js';
import type { Resource } from '../resources/resource.js';
import { goText } from '../schema/go-text.js';
import { sortedJson } from '../schema/json.js';
import type { PatchRequest } from './object-api.js';

export type Patch = Exclude<PatchRequest, { type: 'apply' }>;

/** What any patch but an apply makes of an object. */
export function patchedBy(resource: Resource, live: ApiObject, patch: Patch): unknown {
  if (patch.type === 'json') return applyJsonPatch(live, patch.body);
  if (patch.type === 'merge') return applyMergePatch(live, patch.body);
  if (!resource.custom) return applyStrategicPatch(resource.schema, live, patch.body);
  throw unsupportedMediaType(
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );
}

/** What an error shows where a patch makes something that cannot be decoded. */
export const shownOf =
  (patch: Patch) =>
  (patched: unknown): string =>
    patch.type === 'strategic' ? goText(patch.body) : sortedJson(patched);
