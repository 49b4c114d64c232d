import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, recordingLogger, seededRandom } from '@sympozium/process/testing';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFiles } from '../testing/processes.js';
import { endpointSlice, service } from '../testing/service-objects.js';
import { ServiceProxy } from './service-proxy.js';
import { ENDPOINT_SLICE, SERVICE, type Service } from './service.js';

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { interval: 2, timeout: 5_000 });
/** Addresses of this process' own, since tests run side by side. */
const CLUSTER_IP = `127.96.${(process.pid >> 8) & 255}.${process.pid & 255}`;
const PORT = 18_080;
const KEY = { namespace: 'default', name: 'web' };

let clock: FakeClock;
let client: FakeKubeClient;
let proxy: ServiceProxy;
let ending: Set<string>;
let logged: ReturnType<typeof recordingLogger>;
const servers: Server[] = [];

beforeEach(async () => {
  clock = new FakeClock();
  client = new FakeKubeClient({ clock });
  logged = recordingLogger();
  ending = new Set();
  const ranges = { pods: '10.127', processes: '127.127' };
  proxy = new ServiceProxy({ client, clock, random: seededRandom(1), log: logged.log, ranges, ending });
  await proxy.start();
});
afterEach(async () => {
  await proxy.stop();
  await client.close();
  for (const server of servers.splice(0)) server.close();
});

/** A process' server at an address and, unless 0, a port; it answers what it is told. */
async function serve(host: string, port: number, onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  servers.push(server);
  server.listen({ host, port });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const saying = (word: string) => (socket: Socket) => socket.on('error', () => {}).end(word);

const web = (spec: Partial<Service['spec']> = {}): Service =>
  service('web', { clusterIP: CLUSTER_IP, ports: [{ port: PORT }], ...spec });

/** What a connection to the Service says until its end. */
async function ask(port = PORT, host = CLUSTER_IP): Promise<string> {
  const socket = connect({ port, host });
  return text(socket);
}
const asked = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, () => ask()));
const untilSays = (word: string, port = PORT): Promise<void> =>
  vi.waitFor(async () => expect(await ask(port)).toBe(word), { interval: 2, timeout: 5_000 });
const warnings = (): unknown[] => logged.lines.map(({ msg }) => msg);

describe('a Service', () => {
  it('forwards to its ready endpoints in turn, at their processes’ addresses', async () => {
    const port = await serve('127.127.9.1', 0, saying('one'));
    await serve('127.127.9.2', port, saying('two'));
    const ready = { '10.127.9.1': true, '10.127.9.2': true, '10.127.9.3': false };
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, ready));
    client.server.put(SERVICE, web());
    await untilSays('one');
    expect((await asked(4)).sort()).toEqual(['one', 'one', 'two', 'two']);
  });

  it('has a target of its own for each of its ports, by name', async () => {
    const http = await serve('127.127.9.1', 0, saying('http'));
    const admin = await serve('127.127.9.1', 0, saying('admin'));
    const ready = { '10.127.9.1': true };
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { name: 'http', port: http }, ready, 'web-1'));
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { name: 'admin', port: admin }, ready, 'web-2'));
    const ports = [
      { name: 'http', port: PORT },
      { name: 'admin', port: PORT + 1 },
    ];
    client.server.put(SERVICE, web({ ports }));
    await untilSays('http');
    await untilSays('admin', PORT + 1);
  });

  it('goes on to the next endpoint when one has just died', async () => {
    const port = await serve('127.127.9.2', 0, saying('alive'));
    const ready = { '10.127.9.1': true, '10.127.9.2': true };
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, ready));
    client.server.put(SERVICE, web());
    await untilSays('alive');
    expect(await asked(4)).toEqual(['alive', 'alive', 'alive', 'alive']);
  });

  it('turns to one that is being ended only when there is no other', async () => {
    const port = await serve('127.127.9.1', 0, saying('ending'));
    await serve('127.127.9.2', port, saying('staying'));
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, { '10.127.9.1': true, '10.127.9.2': true }));
    client.server.put(SERVICE, web());
    await untilSays('staying');
    ending.add('127.127.9.1');
    expect(new Set(await asked(4))).toEqual(new Set(['staying']));
    ending.add('127.127.9.2');
    expect((await asked(2)).sort()).toEqual(['ending', 'staying']);
  });

  it.each([
    ['no endpoint', {}],
    ['none that is ready', { '10.127.9.1': false }],
    ['a dead one', { '10.127.9.1': true }],
  ])('with %s resets a connection at once', async (_, ready) => {
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port: 1 }, ready));
    client.server.put(SERVICE, web());
    await until(async () => {
      await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    });
  });

  it('moves with its port and its address, and is gone when it is deleted', async () => {
    const port = await serve('127.127.9.1', 0, saying('here'));
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, { '10.127.9.1': true }));
    client.server.put(SERVICE, web());
    await untilSays('here');
    client.server.put(SERVICE, web({ ports: [{ port: PORT + 1 }] }));
    await untilSays('here', PORT + 1);
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    client.server.delete(SERVICE, KEY);
    await vi.waitFor(() => expect(ask(PORT + 1)).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
  });

  it('whose address another one takes at once is served by that one', async () => {
    const port = await serve('127.127.9.1', 0, saying('old'));
    const next = await serve('127.127.9.1', 0, saying('new'));
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, { '10.127.9.1': true }));
    client.server.put(ENDPOINT_SLICE, endpointSlice('next', { port: next }, { '10.127.9.1': true }));
    client.server.put(SERVICE, web());
    await untilSays('old');
    client.server.delete(SERVICE, KEY);
    client.server.put(SERVICE, { ...web(), metadata: { namespace: 'default', name: 'next' } });
    await untilSays('new');
    expect(warnings()).toEqual([]);
  });
});

describe('a connection', () => {
  /** Both ends of a connection through the Service. */
  async function opened(): Promise<{ near: Socket; far: Socket }> {
    const far = new Promise<Socket>((resolve) => {
      void serve('127.127.9.1', 0, (socket) => resolve(socket.on('error', () => {}))).then((port) => {
        client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, { '10.127.9.1': true }));
        client.server.put(SERVICE, web());
      });
    });
    const near = await vi.waitFor(async () => {
      const socket = connect({ host: CLUSTER_IP, port: PORT, allowHalfOpen: true });
      await once(socket, 'connect');
      return socket.on('error', () => {});
    });
    return { near, far: await far };
  }

  it('goes on when its endpoint is taken away, and so does its Service', async () => {
    const { near, far } = await opened();
    client.server.delete(ENDPOINT_SLICE, { namespace: 'default', name: 'web-1' });
    client.server.delete(SERVICE, KEY);
    await vi.waitFor(() => expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' }));
    far.end('still here');
    expect(await text(near)).toBe('still here');
    near.destroy();
  });

  it('may end on one side and go on at the other', async () => {
    const { near, far } = await opened();
    near.end('question');
    let heard = '';
    far.on('data', (chunk: Buffer) => (heard += String(chunk))); // an iterator would end the other side too
    await once(far, 'end');
    expect(heard).toBe('question');
    far.end('answer');
    expect(await text(near)).toBe('answer');
  });

  it('carries much, and holds the sender back while nobody reads', async () => {
    const { near, far } = await opened();
    far.pause();
    const block = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    while (near.write(block) || near.writableLength < 8 * block.length) if (++sent > 256) break;
    expect(sent).toBeLessThan(64);
    near.end();
    expect((await text(far)).length % block.length).toBe(0);
    far.destroy();
  });

  it('that breaks off at one side is reset at the other', async () => {
    const { near, far } = await opened();
    far.resetAndDestroy();
    const [error] = (await once(near, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });

  it('that the client drops is dropped at the server', async () => {
    const { near, far } = await opened();
    const broken = once(far, 'error');
    near.resetAndDestroy();
    expect(((await broken) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
  });

  it('leaves nothing behind, however it ends', async () => {
    const port = await serve('127.127.9.1', 0, (socket) => socket.on('error', () => {}).end('bye'));
    const targets = { '10.127.9.1': true, '10.127.9.2': true };
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, targets));
    client.server.put(SERVICE, web());
    await untilSays('bye');
    const before = openFiles();
    for (let round = 0; round < 5; round++) {
      const dropped = Array.from({ length: 40 }, () => connect({ host: CLUSTER_IP, port: PORT }));
      for (const socket of dropped) socket.on('error', () => {}).once('connect', () => socket.resetAndDestroy());
      expect(new Set(await asked(40))).toEqual(new Set(['bye']));
    }
    await until(() => expect(openFiles()).toBeLessThanOrEqual(before));
  });

  it('is broken off when the node stops', async () => {
    const { near } = await opened();
    const closed = once(near.resume(), 'end');
    await proxy.stop();
    await closed;
    near.destroy();
  });
});

describe('what it cannot serve', () => {
  it('is a port that somebody else has: said once with the Service, and tried again', async () => {
    await serve(CLUSTER_IP, PORT, saying('somebody'));
    const port = await serve('127.127.9.1', 0, saying('web'));
    client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port }, { '10.127.9.1': true }));
    client.server.put(SERVICE, web());
    await until(() => expect(logged.lines).toHaveLength(1));
    expect(logged.lines[0]).toMatchObject({ service: 'default/web', address: `${CLUSTER_IP}:${PORT}` });
    expect(warnings()[0]).toContain('another process listens there');
    servers.shift()?.close();
    await clock.advance(5_000);
    await untilSays('web');
    expect(logged.lines).toHaveLength(1);
  });

  it('is said once for each limit, whatever Services meet it', async () => {
    const kinds: [string, Service['spec']][] = [
      ['outside', { clusterIP: '10.96.0.7', ports: [{ port: 80 }] }],
      ['headless', { clusterIP: 'None', ports: [{ port: 80 }] }],
      ['name', { type: 'ExternalName' }],
      ['node', { type: 'NodePort', clusterIP: CLUSTER_IP, ports: [{ port: PORT }] }],
      ['sticky', { clusterIP: CLUSTER_IP, ports: [{ port: PORT + 2 }], sessionAffinity: 'ClientIP' }],
      ['udp', { clusterIP: CLUSTER_IP, ports: [{ port: PORT + 1, protocol: 'UDP' }] }],
    ];
    for (const [name, spec] of kinds) client.server.put(SERVICE, service(name, spec));
    for (const [name, spec] of kinds) client.server.put(SERVICE, service(`${name}-too`, { ...spec, ports: [] }));
    await until(() => expect(proxy.servicesOf('default')).toHaveLength(12));
    expect(
      warnings().map((text) => /loopback|headless|ExternalName|NodePort|sessionAffinity|TCP/.exec(String(text))?.[0]),
    ).toEqual(['loopback', 'headless', 'ExternalName', 'NodePort', 'sessionAffinity', 'TCP']);
  });

  it('is not the API server’s own Service, which processes reach without it', async () => {
    client.server.put(SERVICE, {
      ...service('kubernetes', { clusterIP: CLUSTER_IP, ports: [{ port: PORT }] }),
    });
    await until(() => expect(proxy.servicesOf('default')).toHaveLength(1));
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(warnings()).toEqual([]);
  });
});
