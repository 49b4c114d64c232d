import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schema } from '../schema/schema.js';
import { comparePriority } from './discovery.js';
import { RESOURCES, testRegistry, testResource, WIDGETS } from './testing/test-resources.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const container: Schema = {
  type: 'object',
  'x-go-type': 'v1.Container',
  required: ['name'],
  properties: { name: { type: 'string', description: 'Its name.' } },
};
const containers = (description: string): Schema => ({
  type: 'array',
  description,
  items: container,
  'x-kubernetes-patch-merge-key': 'name',
  'x-kubernetes-patch-strategy': 'merge',
});
const endless: { type: 'object'; description: string; properties: Record<string, Schema> } = {
  ...{ type: 'object', description: 'It goes on.', properties: {} },
};
endless.properties['not'] = endless;

const THINGS = testResource({
  group: 'batch',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  schema: {
    type: 'object',
    description: 'Thing is a thing.',
    properties: { first: containers('Run first.'), second: containers('Run second.'), deep: endless },
  },
});

const registry = () => testRegistry([...RESOURCES, THINGS]);
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

let test: TestServer;
let served: ReturnType<typeof registry>;
beforeEach(async () => {
  served = registry();
  test = await startTestServer({ registry: served, documents: new Map([['/openid/v1/jwks', () => ({ keys: [] })]]) });
});
afterEach(() => test.stop());

const json = async (path: string, accept = 'application/json'): Promise<unknown> =>
  (await test.ask(path, { headers: { accept } })).json;

describe('discovery', () => {
  it('of groups', async () => {
    expect(await json('/api')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `127.0.0.1:${test.port}` }],
    });
    const groups = ((await json('/apis')) as { groups: { name: string }[] }).groups.map(({ name }) => name);
    expect(groups).toEqual(['apps', 'authentication.k8s.io', 'batch', 'example.com']);
    const version = { groupVersion: 'batch/v1', version: 'v1' };
    expect(await json('/apis/batch')).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'batch',
      versions: [version],
      preferredVersion: version,
    });
  });

  it('of resources and their parts, as the real server lists them', async () => {
    const { resources, ...list } = (await json('/api/v1')) as { resources: { name: string }[] };
    expect(list).toEqual({ kind: 'APIResourceList', groupVersion: 'v1' });
    expect(resources.find(({ name }) => name === 'configmaps')).toEqual({
      name: 'configmaps',
      singularName: 'configmap',
      namespaced: true,
      kind: 'ConfigMap',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['cm'],
      storageVersionHash: 'qFsyl6wFWjQ=',
    });
    expect(resources.filter(({ name }) => name.startsWith('pods/')).map(({ name }) => name)).toEqual([
      'pods/binding',
      'pods/eviction',
      'pods/exec',
      'pods/log',
      'pods/status',
    ]);
    const apps = (await json('/apis/apps/v1')) as { resources: object[] };
    expect(apps.resources[1]).toEqual({
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    });
  });

  it('aggregated into one document, with a tag by which a client keeps it', async () => {
    const answer = await test.ask('/apis', { headers: { accept: `${AGGREGATED},application/json` } });
    expect(answer.headers['content-type']).toBe(AGGREGATED);
    const { items } = answer.json as { items: { metadata: { name: string }; versions: { resources: object[] }[] }[] };
    expect(items[0]?.versions[0]?.resources).toEqual([
      {
        resource: 'deployments',
        responseKind: { group: '', version: '', kind: 'Deployment' },
        scope: 'Namespaced',
        singularResource: 'deployment',
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        shortNames: ['deploy'],
        categories: ['all'],
        subresources: [
          {
            subresource: 'scale',
            responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
            verbs: ['get', 'patch', 'update'],
          },
          {
            subresource: 'status',
            responseKind: { group: '', version: '', kind: 'Deployment' },
            verbs: ['get', 'patch', 'update'],
          },
        ],
      },
    ]);
    const etag = answer.headers.etag ?? '';
    const again = await test.open('/apis', { headers: { accept: AGGREGATED, 'if-none-match': etag } });
    expect(again.resume().statusCode).toBe(304);
    expect(((await json('/api', AGGREGATED)) as { items: object[] }).items).toMatchObject([{ metadata: {} }]);
  });

  it('follows the kinds that come and go', async () => {
    served.remove(WIDGETS);
    expect((await test.ask('/apis/example.com/v1')).code).toBe(404);
    served.add({ ...WIDGETS, version: 'v1beta1' });
    served.add({ ...WIDGETS, version: 'v2' });
    expect(await json('/apis/example.com')).toMatchObject({ preferredVersion: { version: 'v2' } });
  });

  it('prefers versions as Kubernetes does', () => {
    const versions = ['foo', 'v1alpha1', 'v10', 'v2', 'v1beta2', 'v1', 'v1beta1', 'bar'];
    expect(versions.sort((a, b) => comparePriority(b, a))).toEqual([
      'v10',
      'v2',
      'v1',
      'v1beta2',
      'v1beta1',
      'v1alpha1',
      'bar',
      'foo',
    ]);
  });
});

describe('OpenAPI v3', () => {
  it('lists a document a group and version, under an address that changes with it', async () => {
    const paths = async () =>
      ((await json('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> }).paths;
    const before = await paths();
    expect(Object.keys(before)).toContain('apis/batch/v1');
    served.remove(WIDGETS);
    served.add({ ...WIDGETS, schema: { type: 'object', properties: { size: { type: 'integer' } } } });
    const after = await paths();
    expect(after['apis/example.com/v1']).not.toEqual(before['apis/example.com/v1']);
    expect(after['apis/batch/v1']).toEqual(before['apis/batch/v1']);
    expect((await test.ask(after['api/v1']?.serverRelativeURL ?? '')).code).toBe(200);
  });

  it('has what kubectl looks for: the kind of a path, its patch types, that fields are validated', async () => {
    const { paths } = (await json('/openapi/v3/apis/batch/v1')) as {
      paths: Record<
        string,
        Record<string, { parameters?: { name: string; in: string }[]; requestBody?: { content: object } }>
      >;
    };
    const patch = paths['/apis/batch/v1/namespaces/{namespace}/things/{name}']?.['patch'];
    expect(patch).toMatchObject({
      'x-kubernetes-group-version-kind': { group: 'batch', kind: 'Thing', version: 'v1' },
    });
    expect(patch?.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }));
    expect(Object.keys(patch?.requestBody?.content ?? {})).toContain('application/strategic-merge-patch+json');
  });

  it('gives Go structs their names back, and what contains itself an end', async () => {
    const { components } = (await json('/openapi/v3/apis/batch/v1')) as {
      components: { schemas: Record<string, object> };
    };
    const { schemas } = components;
    const ref = { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' };
    const merge = { 'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge' };
    expect(schemas['io.k8s.api.batch.v1.Thing']).toMatchObject({
      description: 'Thing is a thing.',
      properties: {
        first: { type: 'array', description: 'Run first.', items: ref, ...merge },
        second: { type: 'array', description: 'Run second.', items: ref, ...merge },
      },
      'x-kubernetes-group-version-kind': [{ group: 'batch', kind: 'Thing', version: 'v1' }],
    });
    const again = Object.values(schemas).find(
      (schema) => 'properties' in schema && Object.hasOwn(schema.properties ?? {}, 'not'),
    );
    expect(again).toMatchObject({
      description: 'It goes on.',
      properties: { not: { $ref: expect.any(String) as string } },
    });
    expect(schemas['io.k8s.api.core.v1.Container']).toEqual({
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', description: 'Its name.' } },
    });
  });
});

describe('other documents', () => {
  it('are those it was given, the version, health and the list of all', async () => {
    expect(await json('/openid/v1/jwks')).toEqual({ keys: [] });
    expect(await json('/version')).toMatchObject({ gitVersion: 'v1.37.2' });
    expect((await test.ask('/readyz?verbose')).text).toMatch(/\[\+\]ping ok\n[^]*readyz check passed\n$/);
    const { paths } = (await json('/')) as { paths: string[] };
    expect(paths).toEqual([...paths].sort());
    expect(paths).toEqual(
      expect.arrayContaining(['/api/v1', '/apis/batch', '/apis/batch/v1', '/openid/v1/jwks', '/version']),
    );
  });
});
