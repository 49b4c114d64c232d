import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';
import type { Schema } from './kube-schema.js';
import { VALUE_KINDS } from './value-kinds.js';

/** One field of a chart's values.yaml. */
export interface Value {
  readonly path: string;
  readonly standard: unknown;
  /** The comment above it. */
  readonly meaning: string;
  readonly schema: Schema;
  /** Fields of a section; absent of a field that is a value itself. */
  readonly fields?: readonly Value[];
}

/** The fields of a values.yaml, as they stand there. */
export function readValues(text: string): readonly Value[] {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new TypeError('values.yaml holds no map');
  return fieldsOf(contents, '', contents.commentBefore ?? '');
}

const fieldsOf = (map: YAMLMap, prefix: string, lead = ''): readonly Value[] =>
  map.items.map((pair, index) => valueOf(pair, prefix, index === 0 ? lead : ''));

function valueOf({ key, value }: Pair, prefix: string, lead: string): Value {
  if (!isScalar(key)) throw new TypeError(`${prefix} has a key that is no text`);
  const path = `${prefix}${String(key.value)}`;
  const meaning = (key.commentBefore ?? lead).trim().replaceAll(/\s*\n\s*/g, ' ');
  if (meaning === '') throw new TypeError(`${path} has no comment that says what it means`);
  const node = value as { toJSON(): unknown };
  const kind = VALUE_KINDS[path];
  if (!kind && isMap(value)) {
    const fields = fieldsOf(value, `${path}.`, value.commentBefore ?? '');
    return { path, standard: undefined, meaning, fields, schema: sectionSchema(fields) };
  }
  return { path, standard: node.toJSON(), meaning, schema: kind ?? scalarSchema(path, node.toJSON()) };
}

function scalarSchema(path: string, standard: unknown): Schema {
  if (typeof standard === 'string' || typeof standard === 'boolean') return { type: typeof standard };
  throw new TypeError(`${path}: its default does not tell what it may be; say it in VALUE_KINDS`);
}

/** A section that refuses every field it does not know, and `null` for one whose default says something. */
export function sectionSchema(fields: readonly Value[]): Schema {
  const required = fields.filter(saysSomething).map(nameOf);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(fields.map((field) => [nameOf(field), field.schema])),
  };
}

const nameOf = ({ path }: Value): string => path.slice(path.lastIndexOf('.') + 1);

/** A text or a list that is empty, and any map that is no section, may as well be absent. */
const saysSomething = ({ fields, standard }: Value): boolean =>
  fields !== undefined || (Array.isArray(standard) ? standard.length > 0 : standard !== '' && !isObject(standard));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
