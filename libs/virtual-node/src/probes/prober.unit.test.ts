import { Guardian } from '@sympozium/process';
import { createAuthority } from '@sympozium/tls';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Container } from '../pod.js';
import { isAlive } from '../testing/processes.js';
import type { ContainerSite } from './container-site.js';
import type { ProbeResult } from './probe-result.js';
import { proberOf } from './prober.js';

let folder: string;
let end: AbortController;
const servers: (Server | TcpServer | Http2Server)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prober-'));
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

async function listening(server: Server | TcpServer | Http2Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const site = (container: Partial<Container> = {}): ContainerSite => ({
  container: { name: 'main', ...container },
  host: '127.0.0.1',
  environment: new Map([
    ['PATH', '/usr/bin:/bin'],
    ['WORD', 'hello'],
  ]),
  workingFolder: folder,
  inContainer: (command) => command.map((part) => part.replace('/shared', folder)),
  guardian: new Guardian(),
});
const probe = (of: Parameters<typeof proberOf>[0], container?: Partial<Container>): Promise<ProbeResult> =>
  proberOf(of, site(container))(end.signal);
const ok = { ok: true };
const failure = (text: string) => ({ ok: false, failure: expect.stringContaining(text) as string });

describe('httpGet', () => {
  const http = (listener: RequestListener): Promise<number> => listening(createServer(listener));

  it.each([
    [200, ok],
    [302, ok],
    [399, ok],
    [404, failure('HTTP status 404')],
    [503, failure('HTTP status 503')],
  ])('takes status %i as it does', async (status, result) => {
    const port = await http((_, response) => response.writeHead(status).end('text'));
    expect(await probe({ httpGet: { port } })).toEqual(result);
  });

  it('sends path, host and headers, to a port that the container names', async () => {
    const asked: unknown[] = [];
    const port = await http(({ url, headers }, response) => {
      asked.push({ url, host: headers.host, agent: headers['user-agent'], x: headers['x-a'] });
      response.end();
    });
    const httpHeaders = [
      { name: 'Host', value: 'web.example' },
      { name: 'X-A', value: '1' },
      { name: 'x-a', value: '2' },
    ];
    const httpGet = { port: 'http', path: 'ready?full=1', httpHeaders };
    expect(await probe({ httpGet }, { ports: [{ name: 'http', containerPort: port }] })).toEqual(ok);
    expect(asked).toEqual([{ url: '/ready?full=1', host: 'web.example', agent: 'kube-probe/1.37', x: '1, 2' }]);
  });

  it('verifies no certificate', async () => {
    const authority = await createAuthority('probe CA');
    const { cert, key } = await authority.issue({ commonName: 'x', hosts: ['elsewhere.example'], usage: 'server' });
    const port = await listening(createHttpsServer({ cert, key }, (_, response) => response.end()));
    expect(await probe({ httpGet: { port, scheme: 'HTTPS' } })).toEqual(ok);
  });

  it('reads no endless answer', async () => {
    const port = await http((_, response) => {
      response.on('error', () => {});
      const write = (): void =>
        void (response.destroyed || response.write('x'.repeat(1_000), () => setImmediate(write)));
      write();
    });
    expect(await probe({ httpGet: { port } })).toEqual(ok);
  });

  it('says why it failed', async () => {
    const port = await listening(createTcpServer());
    servers[0]?.close();
    await once(servers[0] ?? process, 'close');
    expect(await probe({ httpGet: { port } })).toEqual(failure('ECONNREFUSED'));
    expect(await probe({ httpGet: { port: 'nothing' } })).toEqual(failure('no port named "nothing"'));
    expect(await probe({ httpGet: { port, path: '/a b' } })).toEqual(failure('unescaped'));
  });

  it('is given up with the signal’s reason', async () => {
    const port = await http(() => end.abort(new Error('no answer within 1 ms')));
    expect(await probe({ httpGet: { port } })).toEqual(failure('no answer within 1 ms'));
  });
});

describe('tcpSocket', () => {
  it('goes well when the port takes a connection', async () => {
    const port = await listening(createTcpServer((socket) => socket.on('error', () => {}).end()));
    expect(await probe({ tcpSocket: { port: 'db' } }, { ports: [{ name: 'db', containerPort: port }] })).toEqual(ok);
    servers[0]?.close();
    await once(servers[0] ?? process, 'close');
    expect(await probe({ tcpSocket: { port } })).toEqual(failure('ECONNREFUSED'));
    expect(await probe({ tcpSocket: { port: 'nothing' } })).toEqual(failure('no port named "nothing"'));
  });
});

describe('exec', () => {
  const sh = (script: string): Promise<ProbeResult> => probe({ exec: { command: ['/bin/sh', '-c', script] } });

  it('runs with the container’s environment, folder and paths', async () => {
    expect(await probe({ exec: { command: ['/bin/sh', '-c', 'echo $WORD > "$0"', '/shared/said'] } })).toEqual(ok);
    expect(readFileSync(join(folder, 'said'), 'utf8')).toBe('hello\n');
    expect(await sh('[ "$PWD" = "$(cd ..; pwd)" ]')).toEqual(failure('ended with 1'));
  });

  it('says why it failed', async () => {
    expect(await sh('exit 7')).toEqual(failure('ended with 7'));
    expect(await probe({ exec: { command: ['/no/such/file'] } })).toEqual(failure('ENOENT'));
    expect(await probe({ exec: { command: [] } })).toEqual(failure(''));
  });

  it('is killed with all it started when it is given up', async () => {
    const result = sh('sleep 600 & echo $! > pid.part; mv pid.part pid; wait');
    await vi.waitFor(() => expect(existsSync(join(folder, 'pid'))).toBe(true), { interval: 2 });
    end.abort(new Error('no answer within 1 ms'));
    expect(await result).toEqual(failure('no answer within 1 ms'));
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { interval: 2 });
  });
});

describe('grpc', () => {
  /** A health service that knows `db` as serving and `cache` as not. */
  async function health(): Promise<number> {
    const server = createHttp2Server();
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => answer(stream, Buffer.concat(parts).subarray(7).toString(), String(headers[':path'])));
    });
    return listening(server);
  }
  function answer(stream: ServerHttp2Stream, service: string, path: string): void {
    expect(path).toBe('/grpc.health.v1.Health/Check');
    const known = ['', 'db', 'cache'].includes(service);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    const trailers = known ? { 'grpc-status': '0' } : { 'grpc-status': '5', 'grpc-message': 'unknown service' };
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(known ? Buffer.from([0, 0, 0, 0, 2, 0x08, service === 'cache' ? 2 : 1]) : undefined);
  }

  it.each([
    [undefined, ok],
    ['db', ok],
    ['cache', failure('does not say SERVING')],
    ['other', failure('gRPC status 5 unknown service')],
  ])('of service %s gives what it says', async (service, result) => {
    const port = await health();
    expect(await probe({ grpc: { port, ...(service === undefined ? {} : { service }) } })).toEqual(result);
  });

  it('says why it failed', async () => {
    const port = await listening(createTcpServer((socket) => socket.on('error', () => {}).destroy()));
    expect(await probe({ grpc: { port } })).toMatchObject({ ok: false });
    end.abort(new Error('no answer within 1 ms'));
    expect(await probe({ grpc: { port } })).toEqual(failure('no answer within 1 ms'));
  });
});

it('of a kind that is not known fails', async () => {
  expect(await probe({})).toEqual(failure('no such probe'));
});
