import type { Schema } from '../schema/schema.js';
import { DEFINITIONS } from './schemas/definitions.js';
import { PROSE } from './schemas/prose.js';

/** A schema as it is generated: `$ref` names another definition. */
interface Node extends Omit<Schema, 'properties' | 'items' | 'additionalProperties'> {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

/** A Go type of Kubernetes' API. */
export interface Definition {
  /** e.g. `io.k8s.api.core.v1.Container`. */
  readonly name: string;
  /** The type as such; a field's schema also tells what the type is there for, and its default. */
  readonly schema: Schema;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const nodes = once(() => JSON.parse(DEFINITIONS) as Readonly<Record<string, Node>>);
const prose = once(() => JSON.parse(PROSE) as Readonly<Record<string, Readonly<Record<string, string>>>>);

/** Types without their descriptions, which a copy would ask for. */
const types = new Map<string, Schema>();
const described = new Map<string, Schema>();
const names = new WeakMap<Schema, string>();

/**
 * A definition's schema, its references resolved; the same object each time. Descriptions are three quarters of all
 * that is generated, and only documentation needs them: they are parsed when the first one is asked for.
 */
export function definition(name: string): Schema {
  const known = described.get(name);
  if (known) return known;
  const schema = describe({ ...typeOf(name) }, name, '');
  names.set(schema, name);
  described.set(name, schema);
  return schema;
}

/** Which definition a schema is, or is a use of; none for scalars, lists and maps. */
export function definitionOf(schema: Schema): Definition | undefined {
  const name = names.get(schema);
  return name === undefined ? undefined : { name, schema: definition(name) };
}

function typeOf(name: string): Schema {
  const known = types.get(name);
  if (known) return known;
  const node = nodes()[name];
  if (!node) throw new Error(`the generated definitions have no ${name}: run npm run generate:kube-schemas`);
  const { properties, ...rest } = node;
  const fields: Record<string, Schema> = {};
  const type = { ...resolve(rest), 'x-go-type': goType(name), ...(properties && { properties: fields }) };
  types.set(name, type); // before its fields, since one of them may be of this type
  for (const [field, use] of Object.entries(properties ?? {})) fields[field] = fieldOf(use, name, field);
  return type;
}

function fieldOf({ $ref, ...own }: Node, name: string, field: string): Schema {
  const schema = describe({ ...($ref !== undefined && typeOf($ref)), ...resolve(own) }, name, field);
  if ($ref !== undefined) names.set(schema, $ref);
  return schema;
}

function resolve({ $ref, properties, items, additionalProperties, ...own }: Node): Schema {
  if ($ref !== undefined && Object.keys(own).length === 0) return definition($ref);
  return {
    ...($ref !== undefined && typeOf($ref)),
    ...own,
    ...(properties && { properties: mapValues(properties, resolve) }),
    ...(items && { items: resolve(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? resolve(additionalProperties) : additionalProperties,
    }),
  };
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, make: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));

/** Gives a schema the description of a definition (no field) or of one of its fields. */
function describe(schema: Schema, name: string, field: string): Schema {
  return Object.defineProperty(schema, 'description', { enumerable: true, get: () => prose()[name]?.[field] });
}

/** `io.k8s.api.core.v1.Container` → `v1.Container`, as Go prints the type. */
const goType = (name: string): string => name.split('.').slice(-2).join('.');
