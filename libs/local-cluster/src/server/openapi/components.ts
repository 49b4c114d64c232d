import { definition, definitionOf, type Definition } from '../../builtin/definitions.js';
import type { Schema } from '../../schema/schema.js';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
/** What a use of a type says of itself, and not of the type. */
const OWN_FIELDS = ['description', 'default', 'nullable'] as const;

/**
 * The `components.schemas` of one document. Schemas inside the server are free of references; here they get their names
 * back: a Go struct is one component however often it is used, and so is what contains itself.
 */
export class Components {
  readonly #schemas = new Map<string, object>();
  readonly #names = new Map<Schema, string>();
  readonly #open: Schema[] = [];
  readonly #prefix: string;

  /** `prefix`: what names begin with that no Go type gives, e.g. `io.k8s.api.core.v1`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds a kind under its own name and gives its reference. */
  addKind(name: string, schema: Schema, extra: object): object {
    this.#names.set(schema, name);
    this.#schemas.set(name, {});
    this.#schemas.set(name, { ...this.#body(schema), ...extra });
    return refTo(name);
  }

  /** Adds a schema that is written already. */
  add(name: string, schema: object): object {
    this.#schemas.set(name, schema);
    return refTo(name);
  }

  toJSON(): object {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #shown(schema: Schema): object {
    const known = definitionOf(schema) ?? definitionOfGo(schema);
    const name = this.#names.get(schema) ?? known?.name ?? this.#selfName(schema);
    if (name === undefined) return this.#body(schema);
    const type = known ? known.schema : schema;
    this.#define(name, schema, type);
    return use(schema, name, type);
  }

  #define(name: string, schema: Schema, type: Schema): void {
    if (this.#schemas.has(name)) return;
    this.#names.set(schema, name);
    this.#schemas.set(name, {});
    this.#schemas.set(name, this.#body(type));
  }

  /** A schema that is met inside itself must be a component, or there is no end to it. */
  #selfName(schema: Schema): string | undefined {
    if (!this.#open.includes(schema)) return undefined;
    const name = `${this.#prefix}.Nested${this.#names.size}`;
    this.#names.set(schema, name);
    return name;
  }

  #body(schema: Schema): object {
    this.#open.push(schema);
    const { properties, additionalProperties, items, allOf, anyOf, oneOf, not, ...rest } = schema;
    const all = (schemas: readonly Schema[]): object[] => schemas.map((one) => this.#shown(one));
    const body = {
      ...rest,
      ...(properties && { properties: this.#properties(properties) }),
      ...(additionalProperties !== undefined && {
        additionalProperties: isSchema(additionalProperties) ? this.#shown(additionalProperties) : additionalProperties,
      }),
      ...(items && { items: this.#shown(items) }),
      ...(allOf && { allOf: all(allOf) }),
      ...(anyOf && { anyOf: all(anyOf) }),
      ...(oneOf && { oneOf: all(oneOf) }),
      ...(not && { not: this.#shown(not) }),
      'x-go-type': undefined,
    };
    this.#open.pop();
    return body;
  }

  #properties(properties: Readonly<Record<string, Schema>>): object {
    return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, this.#shown(schema)]));
  }
}

const isSchema = (value: Schema | boolean): value is Schema => typeof value === 'object';

const refTo = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** Metadata of custom resources is a Go struct too; so may others be, by what their schema says. */
function definitionOfGo(schema: Schema): Definition | undefined {
  const type = schema.properties && schema['x-go-type'];
  if (!type) return undefined;
  if (type === 'v1.ObjectMeta') return { name: OBJECT_META, schema: definition(OBJECT_META) };
  return { name: `io.k8s.api.core.${type}`, schema };
}

/** A reference, with what this use of it says beside, and the type itself does not. */
function use(schema: Schema, name: string, type: Schema): object {
  const isOwn = (field: (typeof OWN_FIELDS)[number]): boolean =>
    schema[field] !== undefined && schema[field] !== type[field];
  const own = OWN_FIELDS.filter(isOwn).map((field) => [field, schema[field]]);
  return own.length === 0 ? refTo(name) : { ...Object.fromEntries(own), allOf: [refTo(name)] };
}
