import type { Schema } from '../schema/schema.js';
import { unforeseen } from './refusals.js';

/** How a strategic merge treats a field, and the schema of what is in it. */
export interface PatchMeta {
  readonly inner: Schema;
  readonly mergeKey: string;
  /** `merge`, `replace` or none; `retainKeys` is only a permission and needs no look-up. */
  readonly strategy: string;
}

const ANYTHING: Schema = {};

/** Of a field that is an object. */
export function metaOfObject(schema: Schema, field: string): PatchMeta {
  const inner = fieldSchema(schema, field);
  const strategies = (inner['x-kubernetes-patch-strategy'] ?? '').split(',');
  return {
    inner,
    mergeKey: inner['x-kubernetes-patch-merge-key'] ?? '',
    strategy: strategies.find((strategy) => strategy !== 'retainKeys') ?? '',
  };
}

/** Of a field that is a list: `inner` is its items' schema. */
export function metaOfList(schema: Schema, field: string): PatchMeta {
  const meta = metaOfObject(schema, field);
  return { ...meta, inner: meta.inner.items ?? ANYTHING };
}

function fieldSchema(schema: Schema, field: string): Schema {
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, field)) return properties[field] ?? ANYTHING;
  if (typeof additionalProperties === 'object') return additionalProperties;
  if (!properties) return ANYTHING;
  const type = (schema['x-go-type'] ?? '').split('.').at(-1) ?? '';
  throw unforeseen(`unable to find api field in struct ${type} for the json field ${JSON.stringify(field)}`);
}
