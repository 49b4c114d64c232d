import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { ApiError, badRequest, expired } from '../api-error.js';
import { CONFIG_MAPS } from './testing/test-resources.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const PATH = '/api/v1/namespaces/default/configmaps?watch=true';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

let test: TestServer;
let object: ApiObject;
beforeEach(async () => {
  test = await startTestServer();
  object = test.api.put(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'default', resourceVersion: '5' } });
});
afterEach(() => test.stop());

/** The next line of a stream, or undefined at its end. */
function linesOf(stream: IncomingMessage): () => Promise<unknown> {
  const lines = createInterface(stream)[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as unknown);
  };
}

describe('a watch', () => {
  it('is a stream of JSON lines until its time is over', async () => {
    const stream = await test.open(`${PATH}&timeoutSeconds=10&resourceVersion=3`);
    const next = linesOf(stream);
    expect(test.api.calls[0]?.parameters).toMatchObject({ namespace: 'default', resourceVersion: '3' });
    test.api.emit({ type: 'ADDED', object });
    expect(await next()).toEqual({ type: 'ADDED', object });
    await test.clock.advance(10_000);
    expect(await next()).toBeUndefined();
    expect(test.api.watchers.size).toBe(0);
    expect(test.audit.map(({ stage, code }) => [stage, code])).toEqual([
      ['ResponseStarted', 200],
      ['ResponseComplete', 200],
    ]);
  });

  it.each([
    [expired('too old resource version: 1 (7)'), { code: 410, reason: 'Expired' }],
    [new ApiError(504, 'Timeout', 'Timeout: Too large resource version: 9, current: 7'), { code: 504 }],
  ])('tells within that its version is gone, or to come: %s', async (failure, status) => {
    test.api.failure = failure;
    const next = linesOf(await test.open(`${PATH}&resourceVersion=1`));
    expect(await next()).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', message: failure.message, ...status },
    });
    expect(await next()).toBeUndefined();
    expect(test.audit.map(({ stage, code }) => [stage, code])).toEqual([
      ['ResponseStarted', 200],
      ['ResponseComplete', 200],
    ]);
  });

  it('that cannot be is a plain answer', async () => {
    test.api.failure = badRequest('unable to parse requirement');
    const { code, json } = await test.ask(`${PATH}&resourceVersion=1`);
    expect([code, json]).toMatchObject([400, { reason: 'BadRequest' }]);
  });

  it('tells how far it has come two seconds before its end', async () => {
    const next = linesOf(await test.open(`${PATH}&allowWatchBookmarks=true&resourceVersion=3&timeoutSeconds=10`));
    await test.clock.advance(8_000);
    expect(await next()).toMatchObject({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '42' } } });
    await test.clock.advance(2_000);
    expect(await next()).toBeUndefined();
  });

  it('tells how far it has come once a minute', async () => {
    const next = linesOf(await test.open(`${PATH}&allowWatchBookmarks=true&resourceVersion=3`));
    const bookmark = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '42' } };
    for (let minute = 0; minute < 2; minute += 1) {
      await test.clock.advance(60_000);
      expect(await next()).toEqual({ type: 'BOOKMARK', object: bookmark });
    }
  });

  it('ends after an ERROR', async () => {
    const next = linesOf(await test.open(PATH));
    const status = { kind: 'Status', code: 410 };
    test.api.emit({ type: 'ERROR', object: status });
    expect(await next()).toEqual({ type: 'ERROR', object: status });
    expect(await next()).toBeUndefined();
  });

  it('as Tables has headers once', async () => {
    const next = linesOf(await test.open(PATH, { headers: TABLE }));
    test.api.emit({ type: 'ADDED', object });
    test.api.emit({ type: 'DELETED', object });
    const columns = [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }];
    const beside = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
    const table = (columnDefinitions: unknown): unknown => ({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '5' },
      columnDefinitions,
      rows: [{ cells: ['a'], object: beside }],
    });
    expect(await next()).toEqual({ type: 'ADDED', object: table(columns) });
    expect(await next()).toEqual({ type: 'DELETED', object: table(null) });
  });

  it('is written once for all who watch', async () => {
    const stringify = vi.spyOn(JSON, 'stringify');
    const streams = await Promise.all([1, 2, 3].map(() => test.open(PATH)));
    test.api.emit({ type: 'ADDED', object });
    for (const stream of streams) expect(await linesOf(stream)()).toEqual({ type: 'ADDED', object });
    expect(stringify.mock.calls.filter(([value]) => value === object)).toHaveLength(1);
    stringify.mockRestore();
  });

  it('is let go with its client', async () => {
    const stream = await test.open(PATH);
    expect(test.api.watchers.size).toBe(1);
    stream.destroy();
    await vi.waitFor(() => expect(test.api.watchers.size).toBe(0));
  });

  it('ends when the server stops', async () => {
    const stream = await test.open(PATH);
    stream.resume();
    const ended = once(stream, 'end');
    await test.server.stop();
    await ended;
    expect(test.api.watchers.size).toBe(0);
  });
});
