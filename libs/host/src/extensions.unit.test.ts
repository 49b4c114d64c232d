import type { Kind, KubeObject } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import type { Call } from '@sympozium/kube/testing';
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

  it('is not held up by an API whose objects it may not list, and gets its object when it may', async () => {
    const isList = ({ verb, kind }: Call): boolean => verb === 'list' && kind === ROUTE;
    const allow = rig.client.fail(isList, new KubeError(403, 'Forbidden', 'routes is forbidden'), { times: Infinity });
    void rig.start();
    await rig.advance(5_000);
    rig.run();
    await rig.quiet();
    expect(rig.writes).toEqual(['POST jobs']);
    allow();
    await rig.advance(60_000);
    expect(route()?.spec.hosts).toEqual(['a.example']);
  });

  it('does not wait for ever to see its own write of an API that vanished meanwhile', async () => {
    await rig.start();
    rig.client.watches.freeze(ROUTE);
    rig.run();
    await rig.quiet();
    expect(route()).toBeDefined();
    rig.server.setServed(ROUTE, false);
    await rig.advance(10_000);
    rig.pod({ state: 'running', startedAt: rig.now() });
    await rig.advance(3_000);
    expect(rig.stored()?.status.phase).toBe('Running');
  });
});

describe('a plugin whose objects claim something', () => {
  /** How often the run was observed. */
  let asked: number;

  /** As `routes`, but its route may be one of several for a host; an object without hosts makes it throw. */
  const claiming = probeMode({
    ...routes,
    owns: [{ kind: ROUTE, optional: true, claims: (object) => (object as Route).spec.hosts }],
    create: () => ({
      plan,
      observe: ({ run, surveyed }) => {
        asked += 1;
        const others = surveyed.of(ROUTE).filter(({ metadata }) => metadata.name !== `${run.metadata.name}-route`);
        const taken = others.some(({ spec }) => spec?.hosts.includes('a.example'));
        const reason = taken ? 'HostnameConflict' : 'Accepted';
        return { state: 'pending', conditions: [{ type: 'RouteAccepted', status: 'True', reason, message: '' }] };
      },
    }),
  });

  const foreign = (name: string, spec?: Route['spec'], namespace = 'default'): void =>
    void rig.server.create(ROUTE, { ...routeOf(), metadata: { namespace, name }, spec } as Route);

  const isTaken = (): boolean =>
    rig.stored()?.status.conditions?.some(({ reason }) => reason === 'HostnameConflict') === true;

  beforeEach(async () => {
    asked = 0;
    rig = new HostRig({
      modes: await admitPlugins([probeMode(), claiming].map((plugin) => ({ from: 'test', plugin }))),
    });
    rig.instance();
    foreign('theirs', { hosts: ['a.example'] });
    await rig.start();
    rig.run();
    await rig.quiet();
    rig.pod({ state: 'running', startedAt: rig.now() });
    await rig.advance(2_000);
    expect(isTaken()).toBe(true);
    asked = 0;
  });

  it.each<[string, () => void]>([
    ['goes', () => rig.server.delete(ROUTE, { ...key, name: 'theirs' })],
    [
      'claims something else',
      () =>
        void rig.server.patch(
          ROUTE,
          { ...key, name: 'theirs' },
          { type: 'merge', body: { spec: { hosts: ['b.example'] } } },
        ),
    ],
  ])('is asked again when another one that claims the same %s, and when it is back', async (_what, act) => {
    act();
    await rig.quiet();
    expect(isTaken()).toBe(false);
    foreign('again', { hosts: ['b.example', 'a.example'] });
    await rig.quiet();
    expect(isTaken()).toBe(true);
  });

  it('is left alone by others’ status, by what claims other things, and by namespaces that are not watched', async () => {
    const status = { type: 'merge', body: { status: { parents: [] } } } as const;
    rig.server.patch(ROUTE, { ...key, name: 'theirs' }, status, { subresource: 'status' });
    foreign('other', { hosts: ['b.example'] });
    foreign('elsewhere', { hosts: ['a.example'] }, 'elsewhere');
    await rig.quiet();
    expect(asked).toBe(0);
  });

  it('follows its kind, whatever an object makes it throw', async () => {
    foreign('odd');
    rig.server.delete(ROUTE, { ...key, name: 'theirs' });
    await rig.quiet();
    expect(isTaken()).toBe(false);
    rig.server.patch(ROUTE, { ...key, name: 'odd' }, { type: 'merge', body: { spec: { hosts: ['a.example'] } } });
    await rig.quiet();
    expect(isTaken()).toBe(true);
    rig.server.patch(ROUTE, key, { type: 'merge', body: { spec: { hosts: ['evil.example'] } } });
    await rig.quiet();
    expect(route()?.spec.hosts).toEqual(['a.example']);
  });
});
