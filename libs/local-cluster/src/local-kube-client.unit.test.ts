import { FakeClock } from '@sympozium/process/testing';
import type { WatchEvent } from '@sympozium/kube';
import type { KubeObject } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { ApiError, notFound } from './api-error.js';
import type { ApiObject } from './api-object.js';
import { LocalKubeClient } from './local-kube-client.js';
import type { ResourceRegistry } from './resources/resource.js';
import { TestApi } from './server/testing/test-api.js';
import { CONFIG_MAPS, NAMESPACES } from './server/testing/test-resources.js';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const JOB = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };
const USER = { name: 'system:kube-controller-manager', groups: [] };

const find: ResourceRegistry['find'] = (group, version, plural) =>
  [CONFIG_MAPS, NAMESPACES].find((r) => r.group === group && r.version === version && r.plural === plural);
const registry = { find } as ResourceRegistry;

function setUp(options: { raw?: (method: string, path: string, body: unknown) => Promise<unknown> } = {}) {
  const api = new TestApi();
  const clock = new FakeClock();
  const client = new LocalKubeClient({ api, registry, user: USER, clock, revision: () => 42, ...options });
  return { api, clock, client };
}

const configMap = (name: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', resourceVersion: '7' },
  data: { key: 'value' },
});
const key = { namespace: 'default', name: 'a' };

describe('LocalKubeClient', () => {
  it('gives copies that may be changed', async () => {
    const { api, client } = setUp();
    const stored = api.put(CONFIG_MAPS, configMap('a'));
    const got = await client.get(CONFIG_MAP, key);
    const { items, resourceVersion } = await client.list(CONFIG_MAP, { namespace: 'default', labelSelector: 'a=b' });
    expect([got, items, resourceVersion]).toEqual([stored, [stored], '7']);
    for (const copy of [got, ...items]) copy.metadata.labels = { changed: 'yes' };
    expect(stored.metadata.labels).toBeUndefined();
    expect(api.calls.at(-1)?.parameters).toEqual({ namespace: 'default', labelSelector: 'a=b' });
  });

  it('names no namespace where the kind has none', async () => {
    const { api, client } = setUp();
    await client.list(NAMESPACE, { namespace: 'default' });
    expect(api.calls.at(-1)?.parameters).toEqual({});
  });

  it('sends bodies as JSON has them, and writes as its user', async () => {
    const { api, client } = setUp();
    const object = { ...configMap('b'), data: { left: undefined, at: new Date(0) } };
    await client.create(CONFIG_MAP, object, { fieldManager: 'me', dryRun: true });
    const written = { user: USER, dryRun: true, fieldManager: 'me', fieldValidation: 'Warn' };
    expect(api.calls.at(-1)).toMatchObject({
      method: 'create',
      parameters: { ...written, namespace: 'default', body: { data: { at: '1970-01-01T00:00:00.000Z' } } },
    });
    expect(Object.isFrozen(object.data)).toBe(false);
  });

  it('passes on patches and deletions', async () => {
    const { api, client } = setUp();
    api.put(CONFIG_MAPS, configMap('a'));
    await client.patch(CONFIG_MAP, key, { type: 'apply', body: { data: {} } }, { subresource: 'status' });
    expect(api.calls.at(-1)).toMatchObject({
      method: 'patch',
      parameters: {
        patch: { type: 'apply', body: { data: {} }, force: false },
        subresource: 'status',
        fieldManager: USER.name,
      },
    });
    await client.delete(CONFIG_MAP, key, { uid: 'u', propagationPolicy: 'Orphan', gracePeriodSeconds: 0 });
    expect(api.calls.at(-1)).toMatchObject({
      method: 'delete',
      parameters: { options: { preconditions: { uid: 'u' }, propagationPolicy: 'Orphan', gracePeriodSeconds: 0 } },
    });
  });

  it('refuses as the server does over HTTP', async () => {
    const { api, client } = setUp();
    const missing = notFound({ group: '', plural: 'configmaps' }, 'a');
    await expect(client.get(CONFIG_MAP, key)).rejects.toMatchObject({
      name: 'KubeError',
      status: 404,
      reason: 'NotFound',
      message: missing.message,
    });
    api.failure = new ApiError(429, 'TooManyRequests', 'later', { retryAfterSeconds: 2 });
    await expect(client.get(CONFIG_MAP, key)).rejects.toMatchObject({ status: 429, retryAfterMs: 2_000 });
    api.failure = new TypeError('a fault of ours');
    await expect(client.get(CONFIG_MAP, key)).rejects.toMatchObject({ name: 'KubeError', status: 500 });
    await expect(client.list(JOB)).rejects.toMatchObject({
      status: 404,
      message: 'the server could not find the requested resource',
    });
    expect([await client.serves(CONFIG_MAP), await client.serves(JOB)]).toEqual([true, false]);
  });

  it('does nothing once its signal is aborted', async () => {
    const { api, client } = setUp();
    const reason = new Error('given up');
    await expect(client.get(CONFIG_MAP, key, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(api.calls).toEqual([]);
  });

  it('serves other paths where somebody answers them', async () => {
    const none = setUp().client;
    await expect(none.raw('GET', '/version')).rejects.toMatchObject({ status: 501, reason: 'NotImplemented' });
    await expect(none.logs({ name: 'a' })).rejects.toMatchObject({ status: 501 });
    const { client } = setUp({ raw: (method, path, body) => Promise.resolve({ method, path, body }) });
    expect(await client.raw('PUT', '/finalize', { a: 1 })).toEqual({
      method: 'PUT',
      path: '/finalize',
      body: { a: 1 },
    });
  });
});

describe('a watch within the process', () => {
  const watching = (options: { timeoutSeconds?: number; signal?: AbortSignal } = {}) => {
    const { api, clock, client } = setUp();
    const events = client.watch(CONFIG_MAP, { resourceVersion: '5', ...options })[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<WatchEvent<KubeObject>, unknown>> => events.next();
    return { api, clock, client, events, next };
  };

  it('tells changes in order, as copies', async () => {
    const { api, events, next } = watching();
    const first = next();
    const object = Object.freeze(configMap('a'));
    api.emit({ type: 'ADDED', object });
    api.emit({ type: 'DELETED', object });
    const { value } = (await first) as { value: { type: string; object: ApiObject } };
    expect(value).toEqual({ type: 'ADDED', object });
    expect(value.object).not.toBe(object);
    expect(await next()).toMatchObject({ value: { type: 'DELETED' } });
    await events.return?.(undefined);
    expect(api.watchers.size).toBe(0);
  });

  it('bookmarks each minute, and ends in time', async () => {
    const { api, clock, next } = watching({ timeoutSeconds: 100 });
    const first = next();
    await clock.advance(60_000);
    expect(await first).toEqual({ done: false, value: { type: 'BOOKMARK', resourceVersion: '42' } });
    const second = next();
    await clock.advance(40_000);
    expect(await second).toEqual({ done: true, value: undefined });
    expect([api.watchers.size, clock.waiting]).toEqual([0, 0]);
  });

  it('ends with the signal’s reason', async () => {
    const abort = new AbortController();
    const { api, clock, next } = watching({ signal: abort.signal });
    const first = next();
    const reason = new Error('given up');
    abort.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect([api.watchers.size, clock.waiting]).toEqual([0, 0]);
  });

  it('throws what the server has to say', async () => {
    const { api, next } = watching();
    const first = next();
    api.emit({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } });
    await expect(first).rejects.toMatchObject({ name: 'KubeError', status: 410, reason: 'Expired' });
    const expired = watching();
    expired.api.failure = new ApiError(410, 'Expired', 'too old resource version: 5 (7)');
    await expect(expired.next()).rejects.toMatchObject({ name: 'KubeError', status: 410 });
    expect(expired.clock.waiting).toBe(0);
  });

  it('ends when the client is closed', async () => {
    const { client, next } = watching();
    const first = next();
    await client.close();
    expect(await first).toEqual({ done: true, value: undefined });
  });
});
