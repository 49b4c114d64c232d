import { badRequest } from '../api-error.js';
import { clone, isObject } from '../clone.js';
import { jsonType } from './refusals.js';

/** RFC 7386: `null` removes, objects merge, all else replaces. */
export function applyMergePatch(object: unknown, patch: unknown): unknown {
  if (patch === null) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`,
    );
  return merged(object, patch);
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return clone(patch);
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  return result;
}
