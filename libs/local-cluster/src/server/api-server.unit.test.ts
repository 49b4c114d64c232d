import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, PODS } from './testing/test-resources.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const PATH = '/api/v1/namespaces/default/configmaps';
const JSON_BODY = { 'content-type': 'application/json' };

let test: TestServer;
beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.stop());

describe('the verbs', () => {
  it('get answers with the object, 404 with a Status', async () => {
    const object = test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default' }, data: { x: '1' } });
    expect((await test.ask(`${PATH}/a`)).json).toEqual(object);
    const missing = await test.ask(`${PATH}/b`);
    expect(missing.code).toBe(404);
    expect(missing.text).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \\"b\\" not found",' +
        '"reason":"NotFound","details":{"name":"b","kind":"configmaps"},"code":404}\n',
    );
  });

  it('list answers with a typed list, whose items do not say what they are', async () => {
    test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default' } });
    expect((await test.ask(`${PATH}?limit=3&labelSelector=a%3Db`)).json).toEqual({
      kind: 'ConfigMapList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7' },
      items: [{ metadata: { name: 'a', namespace: 'default' } }],
    });
    expect(test.api.calls[0]?.parameters).toEqual({ namespace: 'default', limit: 3, labelSelector: 'a=b' });
  });

  it('create is 201 and names its manager after the user agent', async () => {
    const body = JSON.stringify({ metadata: { name: 'a' } });
    const answer = await test.ask(`${PATH}?dryRun=All`, { method: 'POST', body, headers: JSON_BODY });
    expect(answer.code).toBe(201);
    expect(test.api.calls[0]?.parameters).toMatchObject({
      namespace: 'default',
      body: { metadata: { name: 'a' } },
      dryRun: true,
      fieldManager: 'tester',
      fieldValidation: 'Warn',
      user: { name: 'admin', groups: ['system:authenticated'] },
    });
  });

  it('delete answers with a Status, with the object while it is there, and for kinds that return it', async () => {
    test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default', uid: 'u' } });
    test.api.put(PODS, { metadata: { name: 'p', namespace: 'default' } });
    const remove = async (path: string): Promise<unknown> => (await test.ask(path, { method: 'DELETE' })).json;
    expect(await remove(`${PATH}/a`)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: 'u' },
    });
    expect(await remove('/api/v1/namespaces/default/pods/p')).toMatchObject({ kind: 'Pod' });
    test.api.gone = false;
    expect(await remove(`${PATH}/a`)).toMatchObject({ kind: 'ConfigMap' });
  });
});

describe('who asks', () => {
  it('is anonymous without a token, 401 with a wrong one', async () => {
    test.denied.add('system:anonymous');
    const anonymous = await test.ask(PATH, { headers: { authorization: '' } });
    expect(anonymous.code).toBe(403);
    expect(anonymous.json).toMatchObject({
      message:
        'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" ' +
        'in the namespace "default"',
      details: { kind: 'configmaps' },
    });
    const wrong = await test.ask('/healthz', { headers: { authorization: 'Bearer nobody' } });
    expect([wrong.code, wrong.json]).toMatchObject([401, { message: 'Unauthorized', reason: 'Unauthorized' }]);
  });
});
