/** A schema as an OpenAPI v3 document has it. */
export interface OpenApiNode {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApiNode>>;
  readonly items?: OpenApiNode;
  readonly additionalProperties?: OpenApiNode | boolean;
  readonly allOf?: readonly OpenApiNode[];
  readonly [keyword: string]: unknown;
}

export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiNode>> };
}

/** Schemas by name without prose; `$ref` is a name. */
export type Definitions = Readonly<Record<string, OpenApiNode>>;

/** A definition's description under the empty name, and those of its fields. */
export type Prose = Readonly<Record<string, Readonly<Record<string, string>>>>;

const REF = '#/components/schemas/';

/** What Go's types do beyond what their OpenAPI says. */
const OF_GO: Readonly<Record<string, OpenApiNode>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { format: 'quantity' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { 'x-kubernetes-preserve-unknown-fields': true },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { 'x-kubernetes-preserve-unknown-fields': true },
};

/** Everything that the roots consist of, sorted by name. Throws where a definition is missing. */
export function definitionsOf(documents: readonly OpenApiDocument[], roots: readonly string[]): [Definitions, Prose] {
  const all: Record<string, OpenApiNode> = Object.assign({}, ...documents.map(({ components }) => components.schemas));
  const found = new Map<string, OpenApiNode>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = all[name];
    if (!node) throw new Error(`no document defines ${name}`);
    if (found.has(name)) continue;
    found.set(name, node);
    open.push(...refsOf(node));
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = <T>(make: (node: OpenApiNode, name: string) => T): Record<string, T> =>
    Object.fromEntries(sorted.map(([name, node]) => [name, make(node, name)]));
  return [named((node, name) => ({ ...trimmed(node), ...OF_GO[name] })), named(proseOf)];
}

const childrenOf = ({ properties, items, additionalProperties, allOf = [] }: OpenApiNode): OpenApiNode[] => [
  ...Object.values(properties ?? {}),
  ...(items ? [items] : []),
  ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ...allOf,
];

function refsOf(node: OpenApiNode): string[] {
  const own = node.$ref === undefined ? [] : [node.$ref.replace(REF, '')];
  return [...own, ...childrenOf(node).flatMap(refsOf)];
}

const LEFT_OUT: ReadonlySet<string> = new Set(['description', 'x-kubernetes-group-version-kind']);

/** Without descriptions, and references beside what is said of their use: `allOf` is only there to hold them. */
function trimmed(node: OpenApiNode): OpenApiNode {
  const { $ref, allOf, properties, items, additionalProperties, ...keywords } = node;
  const own = Object.fromEntries(Object.entries(keywords).filter(([keyword]) => !LEFT_OUT.has(keyword)));
  const ref = $ref ?? allOf?.[0]?.$ref;
  return {
    ...(ref !== undefined && { $ref: ref.replace(REF, '') }),
    ...own,
    ...(items && { items: trimmed(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === 'object' ? trimmed(additionalProperties) : true,
    }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, trimmed(field)])),
    }),
  };
}

function proseOf({ description, properties = {} }: OpenApiNode): Record<string, string> {
  const said = Object.entries({ '': description, ...descriptions(properties) });
  return Object.fromEntries(said.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const descriptions = (properties: Readonly<Record<string, OpenApiNode>>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(properties).map(([name, { description }]) => [name, description]));
