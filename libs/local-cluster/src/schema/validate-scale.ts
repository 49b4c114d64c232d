import type { FieldError } from '../api-error.js';
import type { ScalePaths } from '../resources/resource.js';
import { invalidValue } from './field-errors.js';
import { goText, goTypeOf } from './go-text.js';
import { isJsonObject } from './json.js';

const MAX = 2 ** 31 - 1;

/** What a scale subresource would read of an object has to be what it is read as. */
export function validateScale(scale: ScalePaths | undefined, object: unknown): FieldError[] {
  return scale ? [...replicaErrors(object, scale.spec), ...validateScaleStatus(scale, object)] : [];
}

/** The same for a write of the status alone. */
export function validateScaleStatus(scale: ScalePaths | undefined, object: unknown): FieldError[] {
  if (!scale) return [];
  const { labelSelector } = scale;
  return [
    ...replicaErrors(object, scale.status),
    ...(labelSelector === undefined ? [] : selectorErrors(object, labelSelector)),
  ];
}

function replicaErrors(object: unknown, path: string): FieldError[] {
  const found = lookUp(object, path, 'int64');
  if (found.error !== undefined) return [invalidValue(path, 0, found.error)];
  const replicas = Number(found.value ?? 0);
  if (replicas < 0) return [invalidValue(path, replicas, 'should be a non-negative integer')];
  return replicas > MAX ? [invalidValue(path, replicas, `should be less than or equal to ${MAX}`)] : [];
}

function selectorErrors(object: unknown, path: string): FieldError[] {
  const { error } = lookUp(object, path, 'string');
  return error === undefined ? [] : [invalidValue(path, '', error)];
}

/** As unstructured.NestedInt64 and NestedString. */
function lookUp(object: unknown, path: string, type: string): { value?: unknown; error?: string } {
  const wrong = (at: string, value: unknown, expected: string): { error: string } => ({
    error: `${at} accessor error: ${goText(value)} is of the type ${goTypeOf(value)}, expected ${expected}`,
  });
  let value = object;
  let at = '';
  for (const name of path.replace(/^\./, '').split('.')) {
    if (value === null || value === undefined) return {};
    at += `.${name}`;
    if (!isJsonObject(value)) return wrong(at, value, 'map[string]interface{}');
    if (!Object.hasOwn(value, name)) return {};
    value = value[name];
  }
  return goTypeOf(value) === type ? { value } : wrong(at, value, type);
}
