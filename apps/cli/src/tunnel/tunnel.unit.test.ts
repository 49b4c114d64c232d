import { KubeConfig } from '@kubernetes/client-node';
import { LABEL, type KubeObject } from '@sympozium/api';
import { POD } from '@sympozium/plugin-sdk/manifests';
import { FakeClock, seededRandom, silentLogger } from '@sympozium/process/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ChannelServer, type ChannelServerOptions } from '../testing/channel-server.js';
import { RUN, ServedWorld } from '../testing/served-world.js';
import { forwardThroughApi } from './pod-forward.js';
import { ServerRoad } from './server-road.js';
import { Tunnel } from './tunnel.js';

let world: ServedWorld;
let problems: string[];

beforeEach(() => {
  world = new ServedWorld();
  problems = [];
  onTestFinished(() => world.client.close());
});

function pod(name: string, ready: boolean): void {
  const metadata = { name, namespace: 'default', labels: { [LABEL.run]: RUN } };
  const ports = [
    { name: 'metrics', containerPort: 9090 },
    { name: 'http', containerPort: 8081 },
  ];
  world.client.server.put(POD, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata },
    spec: { containers: [{ name: 'server', ports }] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  } as KubeObject as never);
}

/** An open tunnel; `say` sends a line through a connection of its own and resolves with all that comes back. */
async function open(server = 'http://127.0.0.1:1'): Promise<(line: string) => Promise<string>> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'test', server, skipTLSVerify: true }, { name: 'test' });
  const onProblem = (problem: string): void => void problems.push(problem);
  const tools = { client: world.client, clock: new FakeClock(), random: seededRandom(1), log: silentLogger() };
  const forward = forwardThroughApi(() => config, onProblem);
  const tunnel = new Tunnel(new ServerRoad(tools, { namespace: 'default', name: RUN }, forward), onProblem);
  await tunnel.open(0);
  onTestFinished(() => tunnel.close());
  return async (line) => {
    const socket = connect(Number(new URL(tunnel.origin).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(line);
    return text(socket).catch(() => '');
  };
}

async function apiServer(options: ChannelServerOptions): Promise<ChannelServer> {
  const server = await ChannelServer.start(options);
  onTestFinished(() => server.stop());
  return server;
}

describe('on a cluster of this machine', () => {
  it('leads to the Service, also when its address changes; nothing is lost at the end', async () => {
    const answer = 'x'.repeat(1_000_000);
    const servers = ['127.0.0.1', '127.0.0.2'].map((host) => {
      const server = createServer((socket) => {
        socket.once('data', (line) => socket.end(`${host} heard ${String(line)}${answer}`));
      }).listen(0, host);
      onTestFinished(() => void server.close());
      return server;
    });
    const say = await open();
    for (const server of servers) {
      if (!server.listening) await once(server, 'listening');
      const { address, port } = server.address() as AddressInfo;
      world.service(address, port);
      expect(await say('hello ')).toBe(`${address} heard hello ${answer}`);
    }
  });

  it('cuts a connection that leads nowhere, says why, and goes on', async () => {
    const say = await open();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    world.service('127.0.0.1', port);
    expect(await say('hello')).toBe('');
    expect(problems).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });
});

describe('on any other cluster', () => {
  it('leads to a ready Pod’s port http through the API server', async () => {
    const api = await apiServer({
      refuse: () => undefined,
      onData: (line, channel) => {
        channel.send(`heard ${line}`);
        channel.close();
      },
    });
    world.service('10.96.3.4');
    pod('starting', false);
    pod('ready', true);
    const say = await open(api.address);
    expect(await say('hello')).toBe('heard hello');
    expect(api.paths).toEqual(['/api/v1/namespaces/default/pods/ready/portforward?ports=8081']);
    expect(problems).toEqual([]);
  });

  it('takes another Pod when one is gone', async () => {
    const api = await apiServer({
      refuse: (path) => (path.includes('/first/') ? 404 : undefined),
      onData: (_line, channel) => {
        channel.send('second');
        channel.close();
      },
    });
    pod('first', true);
    pod('second', true);
    const say = await open(api.address);
    expect(await say('hello')).toBe('second');
  });

  it('tells what the kubelet says', async () => {
    const api = await apiServer({
      refuse: () => undefined,
      onData: (_line, channel) => {
        channel.complain('connection refused');
        channel.close();
      },
    });
    pod('ready', true);
    const say = await open(api.address);
    expect(await say('hello')).toBe('');
    expect(problems).toEqual([expect.stringContaining('connection refused')]);
  });

  it('says that there is no ready Pod, and why the last one could not be reached', async () => {
    const api = await apiServer({ refuse: () => 500, onData: () => {} });
    const say = await open(api.address);
    await say('hello');
    pod('only', true);
    await say('hello');
    expect(problems).toEqual([`server run ${RUN} has no ready Pod just now`, expect.stringContaining('500')]);
  });
});

it('refuses a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const idle = { name: 'idle', start: async () => {}, stop: async () => {}, lead: async () => {} };
  const { port } = server.address() as AddressInfo;
  await expect(new Tunnel(idle, () => {}).open(port)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
