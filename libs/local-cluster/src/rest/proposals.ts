import { unsupportedMediaType } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from '../patch/index.js';
import type { Resource } from '../resources/resource.js';
import type { PatchRequest } from './object-api.js';
import { withScale } from './scale.js';

/** The object as a write of its Scale wants it. */
export function scaled(
  live: ApiObject,
  scale: unknown,
  paths: NonNullable<Resource['subresources']['scale']>,
): ApiObject {
  const { metadata } = scale as { metadata?: { resourceVersion?: string; uid?: string } };
  const next = withScale(live, scale, paths);
  next.metadata.resourceVersion = metadata?.resourceVersion ?? live.metadata.resourceVersion ?? '';
  return next;
}

/** What any patch but an apply makes of an object. */
export function patchedBy(
  resource: Resource,
  live: ApiObject,
  patch: Exclude<PatchRequest, { type: 'apply' }>,
): unknown {
  if (patch.type === 'json') return applyJsonPatch(live, patch.body);
  if (patch.type === 'merge') return applyMergePatch(live, patch.body);
  if (!resource.custom) return applyStrategicPatch(resource.schema, live, patch.body);
  throw unsupportedMediaType(
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );
}
