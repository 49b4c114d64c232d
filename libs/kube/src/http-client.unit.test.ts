import type { Kind } from '@sympozium/api';
import { createAuthority } from '@sympozium/tls';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isConflict, isGone, isNotFound } from './error.js';
import { HttpKubeClient } from './http-client.js';
import { isWatch, job, JOB, KEY, openWire, rejection, sendJson, Wires } from './testing/wire.js';

const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

const wires = new Wires();
afterEach(() => wires.close());

describe('connections', () => {
  it('makes 500 calls, one after another, over one connection or two', async () => {
    const { client, connections } = await wires.serve((_request, response) => sendJson(response, job()));
    for (let i = 0; i < 500; i++) await client.get(JOB, KEY);
    expect(connections()).toBeLessThanOrEqual(2);
  });

  it('never lets calls and watches wait for each other, nor watches for watches', async () => {
    const { client, open } = await wires.serve(
      (request, response) => {
        if (!isWatch(request)) return sendJson(response, job());
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(`${JSON.stringify({ type: 'ADDED', object: job() })}\n`);
      },
      { connections: 1 },
    );
    const watches = Array.from({ length: 20 }, () =>
      client.watch(JOB, { resourceVersion: '1' })[Symbol.asyncIterator](),
    );
    const first = await Promise.all(watches.map((watch) => watch.next()));
    expect(first.every(({ value }) => value?.type === 'ADDED')).toBe(true);
    await client.get(JOB, KEY);
    expect(open()).toBe(21);
    for (const watch of watches) await watch.return?.(undefined);
    await vi.waitFor(() => expect(open()).toBe(1));
    await client.close();
    await vi.waitFor(() => expect(open()).toBe(0));
  });

  it('speaks TLS with a client certificate, and trusts only the given authority', async () => {
    const authority = await createAuthority('test');
    const server = await authority.issue({ commonName: 'server', hosts: ['127.0.0.1'], usage: 'server' });
    const user = await authority.issue({ commonName: 'me', usage: 'client' });
    const listen = createTlsServer(
      { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (_request, response) => sendJson(response, job()),
    );
    const wire = await openWire(listen, { ca: authority.cert, ...user }, 'https');
    wires.keep(wire);
    const { client, url, connections } = wire;
    for (let i = 0; i < 20; i++) await client.get(JOB, KEY);
    expect(connections()).toBeLessThanOrEqual(2);
    const stranger = new HttpKubeClient({ server: url, ca: (await createAuthority('other')).cert });
    expect(await rejection(stranger.get(JOB, KEY))).toMatchObject({ status: 0, reason: 'Unreachable' });
    await stranger.close();
  });
});

describe('the wire', () => {
  const body = { spec: { suspend: true } };
  const path = '/apis/batch/v1/namespaces/default/jobs';
  const cases: [string, (client: HttpKubeClient) => Promise<unknown>, object][] = [
    ['get', (c) => c.get(JOB, KEY), { method: 'GET', url: `${path}/a`, body: '' }],
    ['get in the core group', (c) => c.get(POD, KEY), { url: '/api/v1/namespaces/default/pods/a' }],
    [
      'create',
      (c) => c.create(JOB, job(), { fieldManager: 'me', dryRun: true }),
      {
        method: 'POST',
        url: `${path}?fieldManager=me&dryRun=All`,
        type: 'application/json',
        body: JSON.stringify(job()),
      },
    ],
    [
      'replace status',
      (c) => c.replace(JOB, job(), { subresource: 'status' }),
      { method: 'PUT', url: `${path}/a/status`, body: JSON.stringify(job()) },
    ],
    [
      'apply',
      (c) => c.patch(JOB, KEY, { type: 'apply', body, force: true }, { fieldManager: 'sympozium/task' }),
      {
        method: 'PATCH',
        url: `${path}/a?fieldManager=sympozium%2Ftask&force=true`,
        type: 'application/apply-patch+yaml',
        body: JSON.stringify(body),
      },
    ],
    ['merge patch', (c) => c.patch(JOB, KEY, { type: 'merge', body }), { type: 'application/merge-patch+json' }],
    ['JSON patch', (c) => c.patch(JOB, KEY, { type: 'json', body: [] }), { type: 'application/json-patch+json' }],
    [
      'strategic patch of the status',
      (c) => c.patch(JOB, KEY, { type: 'strategic', body }, { subresource: 'status' }),
      { url: `${path}/a/status`, type: 'application/strategic-merge-patch+json' },
    ],
    [
      'delete',
      (c) => c.delete(JOB, KEY, { uid: 'u', propagationPolicy: 'Background' }),
      {
        method: 'DELETE',
        url: `${path}/a`,
        body: '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u"},"propagationPolicy":"Background"}',
      },
    ],
    [
      'logs',
      async (c) => text(await c.logs(KEY, { container: 'agent', limitBytes: 10 })),
      { url: '/api/v1/namespaces/default/pods/a/log?container=agent&limitBytes=10' },
    ],
  ];

  it.each(cases)('%s is sent as the API server expects it', async (_name, call, expected) => {
    const seen: object[] = [];
    const { client } = await wires.serve((request, response) => {
      void text(request).then((content) => {
        const { method, url, headers } = request;
        seen.push({ method, url, type: headers['content-type'], agent: headers['user-agent'], body: content });
        sendJson(response, job());
      });
    });
    await call(client);
    expect(seen).toEqual([expect.objectContaining({ agent: 'sympozium', ...expected })]);
  });

  it('a list is paged, and its items carry their type', async () => {
    const urls: (string | undefined)[] = [];
    const { client } = await wires.serve((request, response) => {
      urls.push(request.url);
      sendJson(response, {
        items: [{ metadata: { name: 'a' } }],
        metadata: { resourceVersion: '7', continue: 'token' },
      });
    });
    const list = await client.list(JOB, { namespace: 'x', labelSelector: 'a=b', limit: 1, continue: 'before' });
    expect(urls).toEqual(['/apis/batch/v1/namespaces/x/jobs?labelSelector=a%3Db&limit=1&continue=before']);
    const items = [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' } }];
    expect(list).toEqual({ items, resourceVersion: '7', continue: 'token' });
  });

  it('a watch survives characters cut in two, and tells bookmarks and 410', async () => {
    const named = { ...job(), metadata: { name: 'Zoë–😀' } };
    const sent = [
      { type: 'ADDED', object: named },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
      { type: 'NEW_KIND_OF_EVENT', object: {} },
      { type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old resource version' } },
    ];
    const { client } = await wires.serve((request, response) => {
      expect(request.url).toBe(
        '/apis/batch/v1/jobs?resourceVersion=5&timeoutSeconds=60&watch=true&allowWatchBookmarks=true',
      );
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of Buffer.from(sent.map((event) => JSON.stringify(event)).join('\n')))
        response.write(Buffer.of(byte));
      response.end();
    });
    const seen: unknown[] = [];
    const watching = (async () => {
      for await (const event of client.watch(JOB, { resourceVersion: '5', timeoutSeconds: 60 })) seen.push(event);
    })();
    expect(isGone(await rejection(watching))).toBe(true);
    expect(seen).toEqual([
      { type: 'ADDED', object: named },
      { type: 'BOOKMARK', resourceVersion: '9' },
    ]);
  });

  it('a watch that breaks off in mid-event is an error, not an end', async () => {
    const { client } = await wires.serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"type":"ADDED","obj', () => response.destroy());
    });
    const next = client.watch(JOB, { resourceVersion: '5' })[Symbol.asyncIterator]().next();
    expect(await rejection(next)).toMatchObject({ name: 'KubeError', status: 0 });
  });

  it('an answer that is no JSON is an error that quotes nothing of it', async () => {
    const { client } = await wires.serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"data":{"api-key":c2Vj');
    });
    for (const asking of [
      client.get(JOB, { namespace: 'default', name: 'x' }),
      client.watch(JOB, { resourceVersion: '5' })[Symbol.asyncIterator]().next(),
    ]) {
      const error = await rejection(asking);
      expect(error).toMatchObject({ name: 'KubeError', status: 0 });
      expect(inspect(error)).not.toContain('c2Vj');
    }
  });

  it('a raw call gives JSON, or text where the server sends none', async () => {
    const { client } = await wires.serve((request, response) =>
      request.url === '/healthz' ? void response.end('ok') : sendJson(response, { major: '1' }),
    );
    expect([await client.raw('GET', '/healthz'), await client.raw('GET', '/version')]).toEqual(['ok', { major: '1' }]);
  });

  it('knows which kinds are served', async () => {
    const { client } = await wires.serve((request, response) =>
      request.url === '/apis/batch/v1'
        ? sendJson(response, { resources: [{ name: 'jobs/status' }, { name: 'jobs' }] })
        : sendJson(response, { reason: 'NotFound' }, 404),
    );
    expect(await client.serves(JOB)).toBe(true);
    expect(await client.serves({ ...JOB, plural: 'cronjobs' })).toBe(false);
    expect(await client.serves({ ...JOB, apiVersion: 'gateway.networking.k8s.io/v1' })).toBe(false);
  });
});

describe('errors', () => {
  it.each([
    {
      source: 'a Status',
      sent: { status: 409, body: { reason: 'Conflict', message: 'modified' } },
      error: { status: 409, reason: 'Conflict', message: 'modified', retryAfterMs: undefined },
    },
    {
      source: 'seconds in the details',
      sent: { status: 500, body: { details: { retryAfterSeconds: 2 } } },
      error: { status: 500, reason: 'Unknown', retryAfterMs: 2_000 },
    },
    {
      source: 'a Retry-After',
      sent: { status: 503, body: { reason: 'X' }, headers: { 'retry-after': '11' } },
      error: { status: 503, retryAfterMs: 11_000 },
    },
    {
      source: 'something else than a Status',
      sent: { status: 502, body: '<html>bad gateway</html>' },
      error: { status: 502, message: '502 "<html>bad gateway</html>"' },
    },
  ])('come from $source', async ({ sent: { status, body, headers }, error }) => {
    const { client } = await wires.serve((_request, response) => sendJson(response, body, status, headers));
    expect(await rejection(client.create(JOB, job()))).toMatchObject({ name: 'KubeError', ...error });
  });

  it('are told apart by the API server’s reasons', async () => {
    const statuses = [
      { code: 404, reason: 'NotFound' },
      { code: 409, reason: 'AlreadyExists' },
    ];
    const { client } = await wires.serve((_request, response) => {
      const status = statuses.shift();
      sendJson(response, status, status?.code);
    });
    expect(isNotFound(await rejection(client.get(JOB, KEY)))).toBe(true);
    expect(isConflict(await rejection(client.create(JOB, job())))).toBe(false);
  });

  it('say that nobody listens, and that it is no API server', async () => {
    const { client, url } = await wires.serve((_request, response) => void response.end('<html>Please log in</html>'));
    expect((await rejection(client.get(JOB, KEY))).message).toBe(
      `GET ${url}/apis/batch/v1/namespaces/default/jobs/a was not answered with JSON; is that a Kubernetes API server?`,
    );
    const nobody = new HttpKubeClient({ server: 'http://127.0.0.1:1' });
    expect(await rejection(nobody.get(JOB, KEY))).toMatchObject({
      status: 0,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('of a missing credential are errors of the call', async () => {
    const headers = (): never => {
      throw new Error('gcloud is not installed');
    };
    const { client } = await wires.serve((_request, response) => sendJson(response, job()), { headers });
    const error = await rejection(client.get(JOB, KEY));
    expect(error).toMatchObject({
      reason: 'NoCredentials',
      message: expect.stringContaining('gcloud is not installed'),
    });
  });
});
