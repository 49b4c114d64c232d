import type { ColumnFacts, KindFacts } from '@sympozium/local-cluster';
import type { Questions } from './api-server.js';
import { SERVED, SUBRESOURCES } from './served-kinds.js';

interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: KindFacts['verbs'];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly group?: string;
  readonly version?: string;
}

type KindNames = Pick<KindFacts, 'group' | 'version' | 'kind'>;

/** Facts of all served kinds; `definitionOf` names the definition of a group, version and kind. */
export async function kindsOf(server: Questions, definitionOf: (kind: KindNames) => string): Promise<KindFacts[]> {
  const facts: KindFacts[] = [];
  for (const [path, plurals] of Object.entries(SERVED)) {
    const { resources } = await server.read<{ resources: readonly ApiResource[] }>(path);
    for (const plural of plurals) {
      const own = resources.find(({ name }) => name === plural);
      if (!own) throw new Error(`${path} serves no ${plural}`);
      const names = { ...groupVersion(path), kind: own.kind };
      facts.push({
        ...names,
        plural,
        singular: own.singularName,
        shortNames: own.shortNames ?? [],
        categories: own.categories ?? [],
        namespaced: own.namespaced,
        verbs: own.verbs,
        subresources: subresourcesOf(resources, plural),
        definition: definitionOf(names),
        columns: own.verbs.includes('list') ? await columnsOf(server, `${path}/${plural}`) : [],
      });
    }
  }
  return facts;
}

function groupVersion(path: string): { group: string; version: string } {
  const [, group = '', version = 'v1'] = /^apis\/([^/]+)\/(.+)$/.exec(path) ?? [];
  return { group, version };
}

const subresourcesOf = (resources: readonly ApiResource[], plural: string): KindFacts['subresources'] =>
  resources
    .map((resource) => ({ ...resource, name: resource.name.replace(`${plural}/`, '') }))
    .filter(({ name }, index) => resources[index]?.name === `${plural}/${name}` && SUBRESOURCES.has(name))
    .map(({ name, kind, verbs, group, version }) => ({
      name,
      kind,
      verbs,
      ...(group && { group }),
      ...(version && { version }),
    }));

async function columnsOf(server: Questions, path: string): Promise<readonly ColumnFacts[]> {
  const table = await server.readTable<{ columnDefinitions: readonly ColumnFacts[] }>(`${path}?limit=1`);
  return table.columnDefinitions;
}
