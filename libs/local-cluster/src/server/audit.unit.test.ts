import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../auth/auth.js';
import { alreadyExists } from '../api-error.js';
import { CONFIG_MAPS } from './testing/test-resources.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const PATH = '/api/v1/namespaces/default/configmaps';
const RESOURCE = { group: '', version: 'v1', plural: 'configmaps', namespace: 'default' };
const AS_JSON = { 'content-type': 'application/json' };
const ADMIN = { name: 'admin', groups: ['system:authenticated'] };

let test: TestServer;
beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.stop());

/** The only record. */
function recorded(): AuditRecord {
  const [record, ...others] = test.audit;
  if (!record || others.length > 0) throw new Error(`${test.audit.length} records`);
  return record;
}

describe('on record', () => {
  it('is who asked for what, from where and when, and how it ended', async () => {
    test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default' } });
    await test.ask(`${PATH}/a?pretty=true`);
    const { request, ...record } = recorded();
    expect(request).toBeDefined();
    expect(record).toEqual({
      attributes: { user: ADMIN, verb: 'get', path: `${PATH}/a`, resource: { ...RESOURCE, name: 'a' } },
      decision: { allowed: true, reason: '' },
      requestUri: `${PATH}/a?pretty=true`,
      userAgent: 'tester/1',
      sourceIp: '127.0.0.1',
      receivedAt: test.clock.now(),
      stage: 'ResponseComplete',
      code: 200,
    });
  });

  it('is what a body says of its object', async () => {
    const metadata = { name: 'a', uid: 'u', resourceVersion: '7', labels: { not: 'told' } };
    await test.ask(PATH, {
      method: 'POST',
      body: JSON.stringify({ metadata, data: { not: 'told' } }),
      headers: AS_JSON,
    });
    expect(recorded()).toMatchObject({ attributes: { verb: 'create', resource: RESOURCE }, code: 201 });
    expect(recorded().object).toEqual({ name: 'a', uid: 'u', resourceVersion: '7' });
  });

  it('is why a request failed', async () => {
    test.api.failure = alreadyExists({ group: '', plural: 'configmaps' }, 'a');
    await test.ask(PATH, { method: 'POST', body: '{"metadata":{"name":"a"}}', headers: AS_JSON });
    expect(recorded()).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      failure: { message: 'configmaps "a" already exists', details: { name: 'a', kind: 'configmaps' } },
    });
  });

  it('is a body that cannot be read, a path that leads nowhere, and a page', async () => {
    await test.ask(PATH, { method: 'POST', body: '{', headers: AS_JSON });
    await test.ask('/api/v1/namespaces/default/bogus');
    await test.ask('/bogus');
    await test.ask('/version');
    expect(test.audit.map(({ code, attributes: { verb } }) => [verb, code])).toEqual([
      ['create', 400],
      ['list', 404],
      ['get', 404],
      ['get', 200],
    ]);
  });

  it('is who may not, with what the authorizer said', async () => {
    test.denied.add('jane');
    await test.ask(PATH, { headers: { authorization: 'Bearer jane' } });
    expect(recorded()).toMatchObject({
      attributes: { user: { name: 'jane' }, verb: 'list' },
      decision: { allowed: false },
      code: 403,
      reason: 'Forbidden',
    });
  });

  it('is a stranger without a name, of whom nobody asked the authorizer', async () => {
    await test.ask(PATH, { headers: { authorization: 'Bearer stranger' } });
    expect(recorded()).toMatchObject({
      attributes: { user: { name: '', groups: [] } },
      code: 401,
      reason: 'Unauthorized',
    });
    expect(recorded()).not.toHaveProperty('decision');
  });

  it('is whom somebody acts as, beside who it was', async () => {
    await test.ask(PATH, { headers: { 'impersonate-user': 'bob', 'impersonate-group': 'dev' } });
    expect(recorded()).toMatchObject({
      attributes: { user: ADMIN, verb: 'list' },
      impersonated: { name: 'bob', groups: ['dev', 'system:authenticated'] },
      code: 200,
    });
  });

  it('is who asked, alone, where they may not act as somebody else', async () => {
    test.denied.add('impersonate');
    await test.ask(PATH, { headers: { 'impersonate-user': 'bob' } });
    expect(recorded()).toMatchObject({ attributes: { user: ADMIN }, code: 403 });
    expect(recorded()).not.toHaveProperty('impersonated');
  });

  it('is a watch as it begins and as it ends, which are one request', async () => {
    const stream = await test.open(`${PATH}?watch=true&timeoutSeconds=10`);
    expect(test.audit.map(({ stage, code }) => [stage, code])).toEqual([['ResponseStarted', 200]]);
    const end = once(stream.resume(), 'end');
    await test.clock.advance(10_000);
    await end;
    const [begun, ended] = test.audit;
    expect(ended).toMatchObject({ stage: 'ResponseComplete', code: 200, attributes: { verb: 'watch' } });
    expect(ended?.request).toBe(begun?.request);
    expect(test.audit).toHaveLength(2);
  });
});

it('a request is on record before its answer is on its way', async () => {
  const sent: number[] = [];
  const write = ({ request }: AuditRecord): void => void sent.push((request as IncomingMessage).socket.bytesWritten);
  const audited = await startTestServer({ audit: { write, close: () => Promise.resolve() } });
  try {
    await audited.ask(PATH);
    const before = sent[0] ?? NaN;
    await audited.ask(PATH);
    expect(sent[1]).toBeGreaterThan(before);
    expect(before).toBe(0);
  } finally {
    await audited.stop();
  }
});
