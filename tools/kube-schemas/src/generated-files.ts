import type { Questions } from './api-server.js';
import { definitionsOf, type OpenApiDocument } from './definitions.js';
import { kindsOf } from './kinds.js';
import { SERVED } from './served-kinds.js';

const FOLDER = 'libs/local-cluster/src/builtin/schemas';

interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Every generated file: its path from the root of the workspace, and its text. The same server gives the same text. */
export async function generatedFiles(server: Questions): Promise<ReadonlyMap<string, string>> {
  const { gitVersion } = await server.read<{ gitVersion: string }>('version');
  const documents = await Promise.all(
    Object.keys(SERVED).map((path) => server.read<OpenApiDocument>(`openapi/v3/${path}`)),
  );
  const names = definitionNames(documents);
  const kinds = await kindsOf(server, (kind) => names.get(keyOf(kind)) ?? `the definition of ${keyOf(kind)}`);
  const [definitions, prose] = definitionsOf(
    documents,
    kinds.map(({ definition }) => definition),
  );
  const lines = (facts: object): string[] =>
    Object.entries(facts).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const files = {
    kinds: moduleOf(
      gitVersion,
      'KINDS',
      ['[', ']'],
      kinds.map((kind) => JSON.stringify(kind)),
    ),
    definitions: moduleOf(gitVersion, 'DEFINITIONS', ['{', '}'], lines(definitions)),
    prose: moduleOf(gitVersion, 'PROSE', ['{', '}'], lines(prose)),
  };
  return new Map(Object.entries(files).map(([name, text]) => [`${FOLDER}/${name}.ts`, text]));
}

const keyOf = ({ group, version, kind }: KindName): string => `${group}/${version}/${kind}`;

/** Which definition is which kind's, by the extension that says so. */
function definitionNames(documents: readonly OpenApiDocument[]): ReadonlyMap<string, string> {
  return new Map(
    documents.flatMap(({ components }) =>
      Object.entries(components.schemas).flatMap(([name, node]) =>
        ((node['x-kubernetes-group-version-kind'] ?? []) as KindName[]).map((kind) => [keyOf(kind), name] as const),
      ),
    ),
  );
}

/** JSON in a TypeScript module, a line an entry: as a text it costs a start nothing until it is parsed. */
function moduleOf(version: string, name: string, [begin, end]: readonly [string, string], lines: string[]): string {
  const text = lines.map((line) => line.replaceAll('`', '\\u0060').replaceAll('${', '\\u0024{')).join(',\n');
  return [
    `// Generated from kube-apiserver ${version} by \`npm run generate:kube-schemas\`.`,
    `export const ${name} = String.raw\`${begin}`,
    text,
    `${end}\`;`,
    '',
  ].join('\n');
}
