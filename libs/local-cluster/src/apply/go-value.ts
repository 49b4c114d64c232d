import { isObject } from '../clone.js';
import { goType, jsonType } from '../patch/refusals.js';
import type { Schema } from '../schema/schema.js';
import { specialDecoder } from '../schema/special-decoders.js';

/** Why Go's types cannot hold what was applied. */
export class NotConvertible extends Error {
  override readonly name = 'NotConvertible';
}

/**
 * What Go makes of a value that has the shape of its type, as runtime.FromUnstructured does: nothing of null, an empty
 * text where a map or list must hold something, a number without the bits that its type has no room for. Throws
 * `NotConvertible`.
 */
export function goValue(schema: Schema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  const special = specialDecoder(schema);
  if (special)
    return decoded(
      schema,
      value,
      special(value, (type) => unmarshalling(value, type)),
    );
  if (Array.isArray(value)) return schema.items ? listOf(schema.items, value) : value;
  if (isObject(value)) return fieldsOf(schema, value);
  return schema.type === 'integer' ? integerOf(schema, value) : value;
}

function decoded(schema: Schema, value: unknown, error: string | undefined): unknown {
  if (error === undefined || (value === '' && schema.format === 'byte')) return value;
  throw new NotConvertible(schema.format === 'byte' ? `error decoding from json: ${error}` : error);
}

function unmarshalling(value: unknown, type: string): string {
  const given = typeof value === 'number' && type === 'int32' ? `number ${value}` : jsonType(value);
  return `json: cannot unmarshal ${given} into Go value of type ${type}`;
}

const listOf = (items: Schema, list: readonly unknown[]): unknown[] =>
  list.map((item) => goValue(items, item) ?? zeroOf(items));

function fieldsOf({ properties, additionalProperties }: Schema, object: Record<string, unknown>): object {
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const entries = Object.entries(object).flatMap(([name, field]) => {
    const schema = properties?.[name] ?? others;
    const value = schema ? goValue(schema, field) : (field ?? undefined);
    if (value !== undefined) return [[name, value] as const];
    return others && !properties?.[name] ? [[name, zeroOf(others)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** What stands where there is nothing. */
function zeroOf({ type, format }: Schema): unknown {
  if (format === 'quantity') return '0';
  if (format === 'byte') return null;
  return type === 'object' ? {} : type === 'string' ? '' : null;
}

function integerOf({ format }: Schema, value: unknown): unknown {
  const bits = format === 'int32' ? 32 : 64;
  if (typeof value !== 'number') return value;
  if (!Number.isInteger(value)) throw new NotConvertible(`cannot convert ${goType(value)} to int${bits}`);
  return Number(BigInt.asIntN(bits, BigInt(value)));
}
