import { DEFINITIONS } from '@sympozium/local-cluster/definitions';

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** A definition as Kubernetes' OpenAPI has it; `$ref` names another one. */
interface Node {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

const NODES = JSON.parse(DEFINITIONS) as Readonly<Record<string, Node>>;
const PREFIX = 'io.k8s.';
const REF = '#/definitions/';

/** Types that are written in more than one way. */
const SCALARS: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['integer', 'string'] },
};

/** A type of Kubernetes' API without the fields it does not know, e.g. `api.core.v1.Affinity`. */
export const kube = (name: string): Schema => ({ $ref: `${REF}${name}` });

/** The same without one of its fields, which the chart sets. */
export function kubeWithout(name: string, field: string): Schema {
  const { properties = {}, required = [], ...node } = nodeOf(name);
  const others = Object.entries(properties).filter(([known]) => known !== field);
  return closed({
    ...node,
    properties: Object.fromEntries(others),
    required: required.filter((known) => known !== field),
  });
}

/** Every type that a schema refers to, and that these refer to. */
export function definitionsFor(schema: Schema): Readonly<Record<string, Schema>> {
  const found = new Map<string, Schema>();
  const open = namesIn(schema);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const type = SCALARS[`${PREFIX}${name}`] ?? closed(nodeOf(name));
    found.set(name, type);
    open.push(...namesIn(type));
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const namesIn = (schema: Schema): string[] =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(([, name = '']) => name);

function nodeOf(name: string): Node {
  const node = NODES[`${PREFIX}${name}`];
  if (!node) throw new Error(`Kubernetes has no ${name}, or the generated definitions lack it`);
  return node;
}

function closed(node: Node): Schema {
  if (node.$ref !== undefined) return kube(node.$ref.replace(PREFIX, ''));
  const { type, enum: values, required = [], properties, items, additionalProperties } = node;
  return {
    ...(type !== undefined && { type }),
    ...(values && { enum: values }),
    ...(required.length > 0 && { required }),
    ...(items && { items: closed(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: closed(additionalProperties) }),
    ...(properties && closedFields(properties)),
  };
}

const closedFields = (properties: Readonly<Record<string, Node>>): Schema => ({
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, closed(field)])),
});
