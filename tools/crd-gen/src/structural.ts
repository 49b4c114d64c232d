import { z } from 'zod';

/** A node of a CRD's schema: what the API server calls a structural schema. */
export interface SchemaNode {
  description?: string;
  type?: string;
  format?: string;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  additionalProperties?: SchemaNode;
  default?: unknown;
  enum?: unknown[];
  nullable?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: { rule: string; message: string; reason?: string; fieldPath?: string }[];
}

/** Keywords in the order in which they are written. */
const KEYWORDS = [
  'description',
  'type',
  'format',
  'nullable',
  'default',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'required',
  'properties',
  'items',
  'additionalProperties',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
] as const satisfies readonly (keyof SchemaNode)[];

const INT32 = 2_147_483_647;

/**
 * The structural schema of a zod schema, as a client may write it: what has a default may be absent.
 * Throws on what a CRD cannot say, naming the place.
 */
export function structuralSchema(schema: z.ZodType): SchemaNode {
  return structural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' }) as SchemaNode, '');
}

function structural(node: SchemaNode, path: string): SchemaNode {
  if (node.type === undefined) throw new TypeError(`${path || 'the root'} has no type: a CRD needs exactly one`);
  const whole: SchemaNode = { ...node, ...children(node, path) };
  if (whole.format === 'date-time') delete whole.pattern;
  if (whole.type === 'integer') whole.format = fitsInt32(whole) ? 'int32' : 'int64';
  for (const keyword of Object.keys(whole))
    if (!KEYWORDS.some((known) => known === keyword)) throw new TypeError(`${path}: a CRD cannot say ${keyword}`);
  return Object.fromEntries(KEYWORDS.filter((key) => whole[key] !== undefined).map((key) => [key, whole[key]]));
}

const fitsInt32 = ({ minimum = -Infinity, maximum = Infinity }: SchemaNode) =>
  minimum >= -INT32 - 1 && maximum <= INT32;

function children(node: SchemaNode, path: string): Partial<SchemaNode> {
  const { properties, items, additionalProperties: rest } = node;
  const open = rest !== undefined && Object.keys(rest).length === 0;
  return {
    properties: properties && named(properties, path),
    ...(items && { items: structural(items, `${path}[]`) }),
    ...(rest && !open && { additionalProperties: structural(rest, `${path}{}`) }),
    ...(open && { additionalProperties: undefined, 'x-kubernetes-preserve-unknown-fields': true }),
  } as Partial<SchemaNode>;
}

function named(properties: Record<string, SchemaNode>, path: string): Record<string, SchemaNode> | undefined {
  const entries = Object.entries(properties).map(
    ([name, node]) => [name, structural(node, path ? `${path}.${name}` : name)] as const,
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
