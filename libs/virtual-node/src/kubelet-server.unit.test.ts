import { systemClock } from '@sympozium/process';
import { silentLogger } from '@sympozium/process/testing';
import { createAuthority } from '@sympozium/tls';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { ContainerLog } from './container-log.js';
import { KubeletServer, type KubeletServerOptions } from './kubelet-server.js';
import { apiServerCertificate, kubeletCa, kubeletCredentials } from './testing/test-node.js';

const folder = mkdtempSync(join(tmpdir(), 'kubelet-'));
const file = join(folder, '0.log');
writeFileSync(file, '2026-01-01T00:00:00.000Z stdout F one\n2026-01-01T00:00:01.000Z stderr F two\n');
afterAll(() => rmSync(folder, { recursive: true }));

let server: KubeletServer | undefined;
afterEach(() => server?.stop());

async function start(options: Partial<KubeletServerOptions> = {}): Promise<KubeletServer> {
  server = new KubeletServer({
    credentials: await kubeletCredentials(),
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLogger(),
    findLog: () => ({ file }),
    ...options,
  });
  await server.start();
  return server;
}

interface Client {
  readonly cert?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

async function open(
  { port }: KubeletServer,
  path: string,
  client: Client = apiServerCertificate,
): Promise<IncomingMessage> {
  const asking = request({ host: '127.0.0.1', port, path, ca: kubeletCa, agent: false, ...client });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}
async function get(of: KubeletServer, path: string, client?: Client): Promise<[number | undefined, string]> {
  const response = await open(of, path, client);
  return [response.statusCode, await text(response)];
}

it('gives the API server a log', async () => {
  const findLog = vi.fn(() => ({ file }));
  const kubelet = await start({ findLog });
  expect(await get(kubelet, '/containerLogs/default/p/main')).toEqual([200, 'one\ntwo\n']);
  expect(await get(kubelet, '/containerLogs/default/p/main?tailLines=1&previous=true')).toEqual([200, 'two\n']);
  expect(findLog.mock.calls).toEqual([
    [{ namespace: 'default', pod: 'p', container: 'main', previous: false }],
    [{ namespace: 'default', pod: 'p', container: 'main', previous: true }],
  ]);
});

it('asks everybody else who he is', async () => {
  const kubelet = await start();
  const stranger = await (await createAuthority('another CA')).issue({ commonName: 'kube-apiserver', usage: 'client' });
  const itsOwn = await kubeletCredentials(); // of the right CA, but no client's
  const unknown = [401, expect.stringContaining('only the API server may ask')];
  expect(await get(kubelet, '/containerLogs/default/p/main', {})).toEqual(unknown);
  expect(await get(kubelet, '/containerLogs/default/p/main', stranger)).toEqual(unknown);
  expect(await get(kubelet, '/containerLogs/default/p/main', { cert: itsOwn.cert, key: itsOwn.key })).toEqual(unknown);
  expect(await get(kubelet, '/containerLogs/default/p/main', { headers: { authorization: 'Bearer x' } })).toEqual(
    unknown,
  );
  expect(await get(kubelet, '/healthz', {})).toEqual([200, 'ok']);
});

it('takes a bearer token where one is set', async () => {
  const kubelet = await start({ credentials: { ...(await kubeletCredentials()), bearerToken: 'secret' } });
  const withToken = (token: string): Client => ({ headers: { authorization: `Bearer ${token}` } });
  expect((await get(kubelet, '/containerLogs/default/p/main', withToken('secret')))[0]).toBe(200);
  expect((await get(kubelet, '/containerLogs/default/p/main', withToken('secre')))[0]).toBe(401);
  expect((await get(kubelet, '/containerLogs/default/p/main', withToken('')))[0]).toBe(401);
});

it.each([
  ['/containerLogs/default/p', undefined],
  ['/containerLogs/default/p/main/more', undefined],
  ['/exec/default/p/main', undefined],
  ['/containerLogs/default/p/main', 'POST'],
])('does not serve %s %s', async (path, method) => {
  const kubelet = await start();
  const client = { ...apiServerCertificate, ...(method ? { method } : {}) };
  expect((await get(kubelet, path, client))[0]).toBe(404);
});

it('is not troubled by a path that is none, nor by a log that cannot be found', async () => {
  const kubelet = await start({
    findLog: () => {
      throw new Error('broken');
    },
  });
  expect((await get(kubelet, '//[', {}))[0]).toBe(400);
  await expect(get(kubelet, '/containerLogs/default/p/main')).rejects.toThrow('socket hang up');
  expect(await get(kubelet, '/healthz', {})).toEqual([200, 'ok']);
});

it('says why there is no log', async () => {
  const kubelet = await start({ findLog: () => ({ problem: 'container is waiting to start', status: 400 }) });
  expect(await get(kubelet, '/containerLogs/default/p/main')).toEqual([400, 'container is waiting to start']);
});

it('follows a log line by line, and ends with it', async () => {
  const log = new ContainerLog(join(folder, '1.log'), { clock: systemClock, log: silentLogger() });
  const process = new PassThrough();
  log.take(process, 'stdout');
  const kubelet = await start({ findLog: () => ({ file: log.file, live: log }) });
  const response = await open(kubelet, '/containerLogs/default/p/main?follow=true');
  for (const line of ['first\n', 'second\n']) {
    process.write(line); // the next one only when this one was received
    const [chunk] = (await once(response, 'data')) as [Buffer];
    expect(chunk.toString()).toBe(line);
  }
  const end = once(response, 'end');
  process.end();
  await once(process, 'close');
  await log.end();
  await end;
});

it('ends what it sends when it is stopped', async () => {
  const log = new ContainerLog(join(folder, '2.log'), { clock: systemClock, log: silentLogger() });
  const kubelet = await start({ findLog: () => ({ file: log.file, live: log }) });
  const response = await open(kubelet, '/containerLogs/default/p/main?follow=true');
  const closed = once(response, 'close').catch(() => {}); // cut off in the middle
  await kubelet.stop();
  await closed;
  expect(log.listenerCount('append')).toBe(0);
  await log.end();
});
