import { expect, it } from 'vitest';
import type { OpenApiDocument } from './definitions.js';
import { generatedFiles } from './generated-files.js';
import { SERVED } from './served-kinds.js';

const DESCRIPTION = 'Write `x`, "y", ${z} or \\n.';
const VERBS = ['create', 'get', 'list'];

/** A server with a kind for each plural that is asked for; `pods` has subresources. */
class ServerDouble {
  readonly tables: string[] = [];
  readonly #forgets: string | undefined;

  constructor(forgets?: string) {
    this.#forgets = forgets;
  }

  async read<T>(path: string): Promise<T> {
    if (path === 'version') return { gitVersion: 'v9' } as T;
    return (path.startsWith('openapi/v3/') ? this.#document(path.slice(11)) : this.#discovery(path)) as T;
  }

  async readTable<T>(path: string): Promise<T> {
    this.tables.push(path);
    return { columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }] } as T;
  }

  #plurals(path: string): readonly string[] {
    return (SERVED[path] ?? []).filter((plural) => plural !== this.#forgets);
  }

  #discovery(path: string): object {
    const own = this.#plurals(path).map((name) => ({
      ...{ name, singularName: `one-${name}`, namespaced: true, kind: `kind-${name}` },
      verbs: name.endsWith('reviews') ? ['create'] : VERBS,
    }));
    const parts = ['eviction', 'exec', 'status'].map((part) => ({
      ...{ name: `pods/${part}`, singularName: '', namespaced: true, kind: part, verbs: ['create'] },
      ...(part === 'eviction' && { group: 'policy', version: 'v1' }),
    }));
    return { resources: path === 'api/v1' ? [...own, ...parts] : own };
  }

  #document(path: string): OpenApiDocument {
    const [, group = '', version = 'v1'] = /^apis\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const schemas = this.#plurals(path).map((plural) => {
      const kind = { group, version, kind: `kind-${plural}` };
      return [
        `schema.${plural}`,
        { type: 'object', description: DESCRIPTION, 'x-kubernetes-group-version-kind': [kind] },
      ] as const;
    });
    return { components: { schemas: Object.fromEntries(schemas) } };
  }
}

/** What the module with a name holds, as it is when it is loaded. */
async function loaded(server: ServerDouble, name: string): Promise<unknown> {
  const text = (await generatedFiles(server)).get(`libs/local-cluster/src/builtin/schemas/${name}.ts`) ?? '';
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return JSON.parse((module as Record<string, string>)[name.toUpperCase()] ?? '');
}

it('tells of each kind what discovery says, and its columns where it can be listed', async () => {
  const server = new ServerDouble();
  const kinds = (await loaded(server, 'kinds')) as { plural: string }[];
  expect(kinds.map(({ plural }) => plural)).toEqual(Object.values(SERVED).flat());
  expect(kinds.find(({ plural }) => plural === 'pods')).toEqual({
    ...{ group: '', version: 'v1', kind: 'kind-pods', plural: 'pods', singular: 'one-pods' },
    ...{ shortNames: [], categories: [], namespaced: true, verbs: VERBS, definition: 'schema.pods' },
    subresources: [
      { name: 'eviction', kind: 'eviction', verbs: ['create'], group: 'policy', version: 'v1' },
      { name: 'status', kind: 'status', verbs: ['create'] }, // and not `exec`, which is not served
    ],
    columns: [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }],
  });
  expect(kinds.find(({ plural }) => plural === 'jobs')).toMatchObject({ group: 'batch', subresources: [] });
  expect(kinds.find(({ plural }) => plural === 'tokenreviews')).toMatchObject({ columns: [] });
  expect(server.tables).toContain('apis/batch/v1/jobs?limit=1');
});

it('keeps every character of the prose, apart from the schemas', async () => {
  expect(await loaded(new ServerDouble(), 'prose')).toMatchObject({ 'schema.pods': { '': DESCRIPTION } });
  expect(await loaded(new ServerDouble(), 'definitions')).toMatchObject({ 'schema.pods': { type: 'object' } });
});

it('gives the same text for the same server', async () => {
  expect(await generatedFiles(new ServerDouble())).toEqual(await generatedFiles(new ServerDouble()));
});

it('says which kind the server does not have', async () => {
  await expect(generatedFiles(new ServerDouble('jobs'))).rejects.toThrow('apis/batch/v1 serves no jobs');
});
