import type { SchemaNode } from './structural.js';

/** One field of a kind: its path (`spec.messages[].role`), its schema, and whether whoever writes its parent must give it. */
export interface Field {
  readonly path: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

/** Every node below a schema, parents first: `[]` marks a list’s items, `{}` a map’s values. */
export function fieldsOf(node: SchemaNode, path = ''): Field[] {
  const below = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    field(path ? `${path}.${name}` : name, child, node.required?.includes(name) ?? false),
  );
  return [
    ...below,
    ...(node.items ? field(`${path}[]`, node.items, false) : []),
    ...(node.additionalProperties ? field(`${path}{}`, node.additionalProperties, false) : []),
  ];
}

const field = (path: string, node: SchemaNode, required: boolean): Field[] => [
  { path, node, required },
  ...fieldsOf(node, path),
];

/** Whether a field has a name of its own, and is not the items of a list or the values of a map. */
export const isNamed = ({ path }: Field): boolean => !/(\[\]|\{\})$/.test(path);
