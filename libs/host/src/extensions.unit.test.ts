import type { Kind, KubeObject } from '@sympozium/api';
import type { Desired, ModePlugin, RunView } from '@sympozium/plugin-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitPlugins } from './index.js';
import { HostRig, isRunWrite, probeMode } from './testing/index.js';

interface Route extends KubeObject {
  spec: { hosts: string[]; retries?: number };
}

const ROUTE: Kind<Route> = { apiVersion: 'example.dev/v1', kind: 'Route', plural: 'routes', namespaced: true };
const key = { namespace: 'default', name: 'hello-route' };

let retries: number | undefined;

const routeOf = (): Route => ({
  apiVersion: ROUTE.apiVersion,
  kind: ROUTE.kind,
  metadata: { name: key.name },
  spec: { hosts: ['a.example'], ...(retries !== undefined && { retries }) },
});

const plan = (view: RunView): Desired[] =>
  view.available(ROUTE) ? [{ object: routeOf(), stage: 'route', onDrift: 'apply' }] : [];

const conditions = [{ type: 'RouteAccepted', status: 'True', reason: 'Accepted', message: '' }] as const;

/** Gives every probe a route, where the cluster knows routes. */
const routes: ModePlugin = probeMode({
  name: 'routes',
  extends: 'probe',
  owns: [{ kind: ROUTE, optional: true }],
  watches: [],
  create: () => ({ plan, observe: () => ({ state: 'failed', reason: 'AgentFailed', message: 'ignored', conditions }) }),
});

let rig: HostRig;

beforeEach(async () => {
  retries = 3;
  const offers = [probeMode(), routes].map((plugin) => ({ from: 'test', plugin }));
  rig = new HostRig({ modes: await admitPlugins(offers) });
  rig.instance();
});

afterEach(() => rig.stop());

const route = (): Route | undefined => rig.server.peek(ROUTE, key);

describe('a plugin that extends a mode', () => {
  it('adds children and conditions, and leaves the state to the mode', async () => {
    await rig.start();
    rig.run();
    await rig.quiet();
    expect(rig.writes).toEqual(['POST jobs', 'PATCH routes']);
    expect(rig.client.writes.filter(isRunWrite).map(({ options }) => options['fieldManager'])).toEqual([
      'sympozium/probe',
      'sympozium/routes',
    ]);
    rig.pod({ state: 'running', startedAt: rig.now() });
    await rig.advance(2_000);
    expect(rig.stored()?.status.phase).toBe('Running');
    expect(rig.stored()?.status.conditions).toContainEqual(expect.objectContaining(conditions[0]));
  });

  it('has its object put right after an edit, a deletion and a changed wish, and left alone between', async () => {
    await rig.start();
    rig.run();
    await rig.quiet();
    rig.client.forgetCalls();

    rig.server.patch(ROUTE, key, { type: 'merge', body: { spec: { hosts: ['evil.example'] } } });
    await rig.quiet();
    expect(route()?.spec).toEqual({ hosts: ['a.example'], retries: 3 });
    rig.server.delete(ROUTE, key);
    await rig.quiet();
    expect(route()?.spec).toEqual({ hosts: ['a.example'], retries: 3 });
    retries = undefined;
    rig.patchSpec('hello', { ttlAfterFinished: '2h' });
    await rig.quiet();
    expect(route()?.spec).toEqual({ hosts: ['a.example'] });
    expect(rig.writes).toEqual(['PATCH routes', 'PATCH routes', 'PATCH routes']);

    rig.patchSpec('hello', { ttlAfterFinished: '3h' });
    await rig.advance(60_000);
    expect(rig.writes).toHaveLength(3);
  });

  it('takes its objects with it when it is switched off, and nothing else', async () => {
    await rig.start();
    rig.run();
    await rig.quiet();
    const kept = rig.jobs();
    const without = await admitPlugins([{ from: 'test', plugin: probeMode() }]);
    await rig.restart({ modes: without, retired: routes.owns });
    expect(route()).toBeUndefined();
    expect(rig.jobs()).toEqual(kept);
    expect(rig.writes).toEqual(['DELETE routes']);
  });

  it('does not take over what belongs to somebody else', async () => {
    rig.server.create(ROUTE, { ...routeOf(), metadata: key });
    await rig.start();
    rig.run();
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'NameConflict' });
    expect(route()?.metadata.ownerReferences).toBeUndefined();
  });

  it('goes without an API that is absent, and gets its object when the API appears', async () => {
    rig.server.setServed(ROUTE, false);
    await rig.start();
    expect(rig.host.cache.unsynced).toEqual([]);
    rig.run();
    await rig.quiet();
    expect(rig.writes).toEqual(['POST jobs']);
    rig.server.setServed(ROUTE, true);
    await rig.advance(30_000);
    expect(route()?.spec.hosts).toEqual(['a.example']);
  });

  it('goes on without an API that vanishes, makes no call to it, and takes it up again when it is back', async () => {
    await rig.start();
    rig.run();
    await rig.quiet();
    rig.server.delete(ROUTE, key);
    rig.server.setServed(ROUTE, false);
    await rig.advance(60_000);
    rig.client.forgetCalls();
    rig.patchSpec('hello', { ttlAfterFinished: '2h' });
    await rig.advance(60_000);
    expect(rig.client.calls.filter(({ verb, kind }) => kind?.plural === 'routes' && verb !== 'serves')).toEqual([]);
    expect(rig.stored()?.status.conditions).not.toContainEqual(expect.objectContaining({ reason: 'ApplyFailed' }));
    rig.server.setServed(ROUTE, true);
    await rig.advance(30_000);
    expect(route()?.spec.hosts).toEqual(['a.example']);
  });
});
