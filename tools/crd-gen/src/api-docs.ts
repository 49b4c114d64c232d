import {
  API_VERSION,
  CONDITIONS,
  DEFINITIONS,
  mayGo,
  phase,
  type KindDefinition,
  type Lifecycle,
  type Phase,
} from '@sympozium/api';
import { stringify } from 'yaml';
import { fieldType } from './field-type.js';
import { fieldsOf, isNamed, type Field } from './fields.js';
import { code, GENERATED, table } from './markdown.js';
import { structuralSchema, type SchemaNode } from './structural.js';

/** The text of docs/api.md: every field of every kind with its type, default and meaning, and what the server refuses. */
export function apiDocs(): string {
  return `${[
    GENERATED,
    '# Kinds',
    `All kinds are ${code(API_VERSION)} and namespaced. References name objects of the same namespace. ` +
      'Durations are written like `10m` or `1h30m`. A field without a default may be left out unless it is required.',
    ...DEFINITIONS.flatMap(kindDocs),
    ...phaseDocs(),
    ...conditionDocs(),
  ].join('\n\n')}\n`;
}

function kindDocs(definition: KindDefinition): string[] {
  const { kind, description, shortNames, categories, example } = definition;
  const schema = structuralSchema(definition.schema);
  const names = [kind.plural, ...shortNames, ...categories].map((name) => code(`kubectl get ${name}`)).join(', ');
  return [
    `## ${kind.kind}`,
    description,
    `\`\`\`yaml\n${stringify({ apiVersion: kind.apiVersion, kind: kind.kind, ...example }, { lineWidth: 0 })}\`\`\``,
    `${names} show it.`,
    table(['Field', 'Type', 'Default', 'Meaning'], fieldsOf(schema).filter(isNamed).map(fieldRow)),
    `### What the API server refuses of ${kind.kind}`,
    'Beside values outside the types above; the answer says what to write instead:',
    table(['Field', 'What to write'], ruleRows(schema)),
  ];
}

const fieldRow = ({ path, node, required }: Field): string[] => [
  code(path),
  fieldType(node),
  required ? 'required' : defaultOf(node),
  node.description ?? '',
];

const defaultOf = (node: SchemaNode): string => (node.default === undefined ? '' : code(JSON.stringify(node.default)));

function ruleRows(schema: SchemaNode): string[][] {
  return rulesOf(schema).map(({ path, fieldPath = '', message }) => {
    const place = `${path}${fieldPath}`.replace(/^\./, '');
    return [code(place || 'metadata.name'), message];
  });
}

/** Every CEL rule of a schema, with the path of the node on which it stands. */
export const rulesOf = (schema: SchemaNode) =>
  [{ path: '', node: schema }, ...fieldsOf(schema)].flatMap(({ path, node }) =>
    (node['x-kubernetes-validations'] ?? []).map((rule) => ({ path, ...rule })),
  );

const LIFECYCLES: Readonly<Record<Lifecycle, string>> = {
  once: 'works and ends (`task`)',
  serving: 'lives until it is deleted (`server`)',
};

function phaseDocs(): string[] {
  const rows = Object.entries(LIFECYCLES).flatMap(([lifecycle, about]) =>
    phase.options
      .map((from) => [about, code(from), phase.options.filter((to) => goes(lifecycle as Lifecycle, from, to))] as const)
      .filter(([, , next]) => next.length > 0)
      .map(([about, from, next]) => [about, from, next.map(code).join(', ')]),
  );
  return [
    '## Phases',
    'An AgentRun begins as `Pending`, which stands there before anybody wrote it. `Succeeded` and `Failed` are final.',
    table(['A run that', 'goes from', 'to'], rows),
  ];
}

const goes = (lifecycle: Lifecycle, from: Phase, to: Phase): boolean => from !== to && mayGo(lifecycle, from, to);

function conditionDocs(): string[] {
  const rows = Object.entries(CONDITIONS).flatMap(([type, { meaning, reasons }]) => [
    [code(type), '', '', meaning],
    ...Object.entries(reasons).map(([reason, [status, says]]) => ['', code(reason), status, says]),
  ]);
  return [
    '## Conditions',
    'The host sets these on every run; a plugin may add its own. A reason that is not listed here is a fault: ' +
      'a row of [errors.md](errors.md).',
    table(['Type', 'Reason', 'Status', 'Meaning'], rows),
  ];
}
