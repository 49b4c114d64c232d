import { isObjectMeta } from '../schema/object-meta.js';
import type { Schema } from '../schema/schema.js';
import type { PathElement } from './path-element.js';

/** How values of a type are owned: as one, by field, by item. More than one part where the schema leaves it open. */
export interface Shape {
  readonly scalar?: 'string' | 'numeric' | 'boolean' | 'untyped';
  readonly list?: ListShape;
  readonly map?: MapShape;
}

export interface ListShape {
  readonly atomic: boolean;
  /** Of a list of objects; none: a set of scalars. */
  readonly keys: readonly string[];
  readonly item: Shape;
}

export interface MapShape {
  readonly atomic: boolean;
  /** A field that the schema names. */
  field(name: string): Shape | undefined;
  defaultOf(name: string): unknown;
  /** What other fields are; absent: there may be none. */
  readonly others: Shape | undefined;
}

const ATOMIC: Shape = {
  scalar: 'untyped',
  list: {
    atomic: true,
    keys: [],
    get item() {
      return ATOMIC;
    },
  },
  map: openMap(true, () => ATOMIC),
};

/** What no schema describes: objects by field, lists as one. */
const DEDUCED: Shape = {
  scalar: 'untyped',
  list: { atomic: true, keys: [], item: ATOMIC },
  map: openMap(false, () => DEDUCED),
};

function openMap(atomic: boolean, others: () => Shape): MapShape {
  return {
    atomic,
    field: () => undefined,
    defaultOf: () => undefined,
    get others() {
      return others();
    },
  };
}

type Cache = WeakMap<Schema, Shape>;
const closed: Cache = new WeakMap();
const open: Cache = new WeakMap();

/** As k8s.io/kube-openapi/pkg/schemaconv reads OpenAPI. `keepsUnknown` is inherited from the schemas above. */
export function shapeOf(schema: Schema, keepsUnknown = false): Shape {
  const keeps = (keepsUnknown && !isObjectMeta(schema)) || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const cache = keeps ? open : closed;
  const known = cache.get(schema);
  if (known) return known;
  const shape = newShape(schema, keeps);
  cache.set(schema, shape);
  return shape;
}

function newShape(schema: Schema, keeps: boolean): Shape {
  switch (schema.type) {
    case 'object':
      return { map: new SchemaMap(schema, keeps) };
    case 'array':
      return { list: new SchemaList(schema, keeps) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: isPlainText(schema) ? 'string' : 'untyped' };
  }
  if (schema.format === 'quantity') return { scalar: 'untyped' };
  return { scalar: 'untyped', list: new SchemaList(schema, keeps), map: new SchemaMap(schema, keeps) };
}

const isPlainText = ({ format }: Schema): boolean => format === undefined || format === '' || format === 'byte';

class SchemaMap implements MapShape {
  readonly #schema: Schema;
  readonly #keeps: boolean;
  readonly atomic: boolean;

  constructor(schema: Schema, keeps: boolean) {
    this.#schema = schema;
    this.#keeps = keeps;
    this.atomic = schema['x-kubernetes-map-type'] === 'atomic';
  }

  field(name: string): Shape | undefined {
    const field = this.#property(name);
    return field && shapeOf(field, this.#keeps);
  }

  defaultOf(name: string): unknown {
    return this.#property(name)?.default;
  }

  get others(): Shape | undefined {
    const { additionalProperties, properties } = this.#schema;
    if (typeof additionalProperties === 'object') return shapeOf(additionalProperties, this.#keeps);
    const isOpen = additionalProperties ?? (this.#keeps || !properties || Object.keys(properties).length === 0);
    return isOpen ? DEDUCED : undefined;
  }

  #property(name: string): Schema | undefined {
    const { properties } = this.#schema;
    return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
  }
}

class SchemaList implements ListShape {
  readonly #items: Schema | undefined;
  readonly #keeps: boolean;
  readonly atomic: boolean;
  readonly keys: readonly string[];

  constructor(schema: Schema, keeps: boolean) {
    this.#items = schema.items;
    this.#keeps = keeps;
    const [atomic, keys] = relationship(schema);
    this.atomic = atomic;
    this.keys = keys;
  }

  get item(): Shape {
    return this.#items ? shapeOf(this.#items, this.#keeps) : ATOMIC;
  }
}

function relationship(schema: Schema): [boolean, readonly string[]] {
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return [false, schema['x-kubernetes-list-map-keys'] ?? []];
    case 'set':
      return [false, []];
    case 'atomic':
      return [true, []];
  }
  const key = schema['x-kubernetes-patch-merge-key'];
  const merges = schema['x-kubernetes-patch-strategy']?.split(',')[0] === 'merge';
  return [!merges, merges && key !== undefined ? [key] : []];
}

/** Of what a path element leads to. */
export function innerShape(shape: Shape, element: PathElement): Shape | undefined {
  if (element.startsWith('f:')) return shape.map?.field(element.slice(2)) ?? shape.map?.others;
  return element.startsWith('k:') ? shape.list?.item : undefined;
}

export type Part = 'map' | 'scalar' | 'list';

/** The parts of a shape that a value may be, the first being how it is handled. `null` and nothing may be any. */
export function partsFor(shape: Shape, value: unknown): readonly Part[] {
  const fits = partOf(value);
  if (fits && shape[fits]) return [fits];
  return (['map', 'scalar', 'list'] as const).filter((part) => shape[part]);
}

function partOf(value: unknown): Part | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : 'scalar';
}
