import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HandlerRequest } from './handlers.js';
import { CONFIG_MAPS, DEPLOYMENTS, PODS, WIDGETS } from './testing/test-resources.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const PAGE = '404 page not found\n';
const NOT_FOUND = 'the server could not find the requested resource';
const NOT_ALLOWED = 'the server does not allow this method on the requested resource';

let test: TestServer;
let handled: HandlerRequest[];
beforeEach(async () => {
  handled = [];
  const handler = (request: HandlerRequest): Promise<object> => {
    handled.push(request);
    return Promise.resolve({ kind: 'Status', status: 'Success' });
  };
  const keys = ['/pods/binding', '/namespaces/finalize', 'authentication.k8s.io/tokenreviews'];
  test = await startTestServer({ handlers: new Map(keys.map((key) => [key, handler])) });
});
afterEach(() => test.stop());

describe('what is not there', () => {
  it.each([
    ['GET', '/nope', PAGE],
    ['GET', '/metrics', PAGE],
    ['GET', '/apis/nope.io/v1', PAGE],
    ['GET', '/apis/nope.io/v1/x', PAGE],
    ['GET', '/apis/example.com/v1/nope', PAGE],
    ['GET', '/apis/example.com/v1/widgets/w', PAGE],
    ['GET', '/openapi/v3/apis/nope/v1', PAGE],
    ['GET', '/openapi/v2', PAGE],
    ['GET', '/api/v2', NOT_FOUND],
    ['GET', '/api/v1/nope', NOT_FOUND],
    ['GET', '/api/v1/pods/p', NOT_FOUND],
    ['GET', '/api/v1/namespaces/a/nodes', NOT_FOUND],
    ['GET', '/api/v1/namespaces/a/pods/p/nope', NOT_FOUND],
    ['GET', '/api/v1/namespaces/a/pods/p/status/x', NOT_FOUND],
    ['GET', '/api/v1/namespaces/a%2Fb/pods/x%2Fy', NOT_FOUND],
    ['GET', '/api/v1/namespaces/a/configmaps/c/status', NOT_FOUND],
  ])('%s %s is 404', async (method, path, message) => {
    const { code, json, text } = await test.ask(path, { method });
    expect(code).toBe(404);
    if (message === PAGE) expect(text).toBe(PAGE);
    else expect(json).toMatchObject({ message, reason: 'NotFound', details: {} });
  });

  it.each([
    ['POST', '/api/v1/pods'],
    ['DELETE', '/api/v1/pods'],
    ['PUT', '/api/v1/namespaces/a/pods'],
    ['POST', '/api/v1/namespaces/a/pods/p'],
    ['DELETE', '/api/v1/namespaces/a/pods/p/status'],
    ['OPTIONS', '/api/v1/namespaces/a/pods'],
    ['HEAD', '/api/v1/namespaces/a/pods'],
    ['GET', '/apis/authentication.k8s.io/v1/tokenreviews'],
    ['GET', '/api/v1/namespaces/a/pods/p/binding'],
    ['POST', '/version'],
  ])('%s %s is 405', async (method, path) => {
    const { code, json } = method === 'HEAD' ? await headOf(path) : await test.ask(path, { method });
    expect(code).toBe(405);
    if (method !== 'HEAD') expect(json).toMatchObject({ message: NOT_ALLOWED, reason: 'MethodNotAllowed' });
  });

  it('says of a custom resource what is not supported', async () => {
    const { code, json } = await test.ask('/apis/example.com/v1/namespaces/a/widgets', { method: 'PUT' });
    expect([code, json]).toMatchObject([
      405,
      { message: 'update is not supported on resources of kind "widgets.example.com"' },
    ]);
  });

  it('of a container is 501 with a sentence', async () => {
    for (const part of ['exec', 'portforward']) {
      const { code, json } = await test.ask(`/api/v1/namespaces/a/pods/p/${part}`, { method: 'POST' });
      expect([code, json]).toMatchObject([501, { reason: 'NotImplemented' }]);
    }
  });
});

async function headOf(path: string): Promise<{ code: number; json: unknown }> {
  const response = await test.open(path, { method: 'HEAD' });
  response.resume();
  return { code: response.statusCode ?? 0, json: undefined };
}

describe('handlers', () => {
  const headers = { 'content-type': 'application/json' };

  it('of subresources get name and body', async () => {
    const path = '/api/v1/namespaces/a/pods/p/binding?dryRun=All';
    const { code } = await test.ask(path, { method: 'POST', body: '{"target":{"name":"n"}}', headers });
    expect(code).toBe(201);
    const name = { namespace: 'a', name: 'p', dryRun: true, resource: PODS };
    expect(handled).toMatchObject([{ ...name, body: { target: { name: 'n' } }, user: { name: 'admin' } }]);
  });

  it('that update are put to', async () => {
    const path = '/api/v1/namespaces/a/finalize';
    expect((await test.ask(path, { method: 'PUT', body: '{}', headers })).code).toBe(200);
    expect(handled[0]).toMatchObject({ name: 'a' });
    expect(handled[0]).not.toHaveProperty('namespace');
  });

  it('of kinds that are stored nowhere take their creation', async () => {
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    expect((await test.ask(path, { method: 'POST', body: '{}', headers })).code).toBe(201);
    expect(test.api.calls).toEqual([]);
  });
});

describe('forms of answers', () => {
  beforeEach(() => {
    test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default' }, data: { x: 'y' } });
    test.api.put(WIDGETS, { metadata: { name: 'w', namespace: 'default' } });
  });
  const path = '/api/v1/namespaces/default/configmaps';
  const asked = async (url: string, accept: string) => test.ask(url, { headers: { accept } });
  const meta = (kind: string): string => `application/json;as=${kind};v=v1;g=meta.k8s.io`;
  const partial = {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { name: 'a', namespace: 'default' },
  };

  it('PartialObjectMetadata, of an object and of a list', async () => {
    expect((await asked(`${path}/a`, meta('PartialObjectMetadata'))).json).toEqual(partial);
    expect((await asked(path, meta('PartialObjectMetadataList'))).json).toEqual({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '7' },
      items: [partial],
    });
    expect((await asked(path, meta('PartialObjectMetadata'))).code).toBe(406);
  });

  it('Table, with what stands beside its cells', async () => {
    const beside = async (query: string): Promise<unknown> => {
      const { json } = await asked(`${path}${query}`, meta('Table'));
      return (json as { rows: { object: unknown }[] }).rows[0]?.object;
    };
    expect(await beside('')).toEqual(partial);
    expect(await beside('?includeObject=None')).toBeNull();
    expect(await beside('?includeObject=Object')).toMatchObject({ kind: 'ConfigMap', data: { x: 'y' } });
    const { code, json } = await asked(`${path}?includeObject=Foo`, meta('Table'));
    expect([code, json]).toMatchObject([
      400,
      {
        message:
          'Unable to convert to Table as requested: includeObject: Invalid value: "Foo": ' +
          "must be 'Metadata', 'Object', 'None', or empty",
      },
    ]);
  });

  it('Table of a Scale, which has columns of its own', async () => {
    const metadata = { name: 'a', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' };
    test.api.put(DEPLOYMENTS, { metadata, spec: { replicas: 3 }, status: { replicas: 2 } });
    const { json } = await asked('/apis/apps/v1/namespaces/default/deployments/a/scale', meta('Table'));
    const { columnDefinitions, rows } = json as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
    expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Desired', 'Available', 'Age']);
    expect(rows[0]?.cells.slice(0, 3)).toEqual(['a', 3, 2]);
  });

  it('YAML, and indented JSON for people', async () => {
    expect((await asked(`${path}/a`, 'application/yaml')).text).toContain('data:\n  x: "y"\n');
    const curl = await test.ask(`${path}/a`, { headers: { 'user-agent': 'curl/8' } });
    expect(curl.text).toContain('\n  "kind": "ConfigMap"');
    expect((await test.ask(`${path}/a?pretty=true`)).text).toContain('\n  "data"');
  });

  it('items of custom resources say what they are', async () => {
    const { json } = await test.ask('/apis/example.com/v1/widgets');
    expect(json).toMatchObject({ kind: 'WidgetList', items: [{ kind: 'Widget', apiVersion: 'example.com/v1' }] });
  });

  it('gzip for large ones', async () => {
    test.api.put(CONFIG_MAPS, { metadata: { name: 'b', namespace: 'default' }, data: { x: 'y'.repeat(200_000) } });
    const { headers } = await test.ask(path, { headers: { 'accept-encoding': 'gzip' } });
    expect(headers['content-encoding']).toBe('gzip');
    expect((await test.ask(`${path}/a`, { headers: { 'accept-encoding': 'gzip' } })).headers).not.toHaveProperty(
      'content-encoding',
    );
  });
});
