import type { Kind, KubeObject } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { HTTP_ROUTE } from '@sympozium/plugin-sdk/manifests';
import { beforeEach, describe, expect, it } from 'vitest';
import { API_KEY, condition, INSTANCE, KEY_SECRET, READY, RUN, ServedWorld, skill } from '../testing/served-world.js';
import { findEndpoint, type Endpoint } from './find-endpoint.js';
import { findServing } from './find-serving.js';
import { GATEWAY, type Listener } from './gateway.js';

let world: ServedWorld;

beforeEach(() => {
  world = new ServedWorld();
  world.instance();
  world.serving();
  world.keys();
});

async function find(): Promise<Endpoint> {
  const serving = await findServing(world.client, { namespace: 'default', name: INSTANCE });
  return findEndpoint(world.client, serving, { now: 0 });
}

const put = (kind: Kind, name: string, namespace: string, spec: object): void => {
  const { apiVersion, kind: of } = kind;
  world.client.server.put(kind, { apiVersion, kind: of, metadata: { name, namespace }, spec } as KubeObject);
};

/** Its route is accepted by a Gateway with these listeners. */
function route(listeners: readonly Listener[], sectionName?: string): void {
  world.serving({ conditions: [READY, condition('RouteAccepted', 'True', 'Accepted')] });
  const parent = { name: 'public', namespace: 'edge', ...(sectionName && { sectionName }) };
  put(HTTP_ROUTE, RUN, 'default', { parentRefs: [parent], hostnames: ['writer.example.org'], rules: [] });
  put(GATEWAY, 'public', 'edge', { listeners });
}

describe('findEndpoint', () => {
  it('is the Service’s own address on a cluster of this machine', async () => {
    world.service('127.96.3.4');
    expect(await find()).toEqual({
      instance: INSTANCE,
      model: INSTANCE,
      origin: 'http://127.96.3.4:8080',
      reach: 'machine',
      apiKey: API_KEY,
      apiKeySecretName: KEY_SECRET,
    });
  });

  it('is the name within the cluster on any other', async () => {
    const within = { origin: `http://${RUN}.default.svc:8080`, reach: 'cluster' };
    expect(await find()).toMatchObject(within);
    world.service('10.96.3.4');
    expect(await find()).toMatchObject(within);
  });

  it.each<[string, Listener[], string | undefined, string]>([
    ['HTTP', [{ name: 'web', port: 80, protocol: 'HTTP' }], undefined, 'http://writer.example.org'],
    ['another port', [{ name: 'web', port: 8080, protocol: 'HTTP' }], undefined, 'http://writer.example.org:8080'],
    [
      'TLS where it is offered',
      [
        { name: 'web', port: 80, protocol: 'HTTP' },
        { name: 'tls', port: 443, protocol: 'HTTPS' },
      ],
      undefined,
      'https://writer.example.org',
    ],
    [
      'the listener that the route names',
      [
        { name: 'web', port: 80, protocol: 'HTTP' },
        { name: 'tls', port: 443, protocol: 'HTTPS' },
      ],
      'web',
      'http://writer.example.org',
    ],
  ])('is the host name once the route is accepted: %s', async (_name, listeners, section, origin) => {
    route(listeners, section);
    expect(await find()).toMatchObject({ origin, hostname: 'writer.example.org', reach: 'public' });
  });

  it('is the host name over HTTP for who may not see the Gateway', async () => {
    route([{ name: 'tls', port: 443, protocol: 'HTTPS' }]);
    world.client.fail(({ kind }) => kind?.kind === GATEWAY.kind, new KubeError(403, 'Forbidden', 'no'));
    expect(await find()).toMatchObject({ origin: 'http://writer.example.org' });
  });

  it('is the Service while the route is not accepted', async () => {
    route([]);
    world.serving({ conditions: [READY, condition('RouteAccepted', 'False', 'HostnameConflict')] });
    expect(await find()).toMatchObject({ reach: 'cluster' });
  });

  it('has no model where the server need not speak chat completions', async () => {
    world.instance({ skills: [skill('greeter')] });
    expect(await find()).not.toHaveProperty('model');
  });

  it('says which Secret is missing', async () => {
    world.serving({ endpoint: { url: `http://${RUN}`, apiKeySecretName: 'own' } });
    await expect(find()).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      message: expect.stringContaining('Secret own'),
    });
  });
});
