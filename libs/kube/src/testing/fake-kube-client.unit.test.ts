import type { Kind, KubeObject } from '@sympozium/api';
import { FakeClock, seededRandom, settle } from '@sympozium/process/testing';
import { describe, expect, it } from 'vitest';
import type { WatchEvent } from '../client.js';
import { isAlreadyExists, isConflict, isGone, isNotFound, KubeError } from '../error.js';
import { FakeKubeClient } from './index.js';

interface Widget extends KubeObject {
  spec: { size?: number; colour?: string };
  status?: { phase: string };
}

const WIDGET: Kind<Widget> = { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const JOB: Kind = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };
const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

const widget = (name: string, extra: object = {}): Widget => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default', ...extra },
  spec: { size: 1 },
});
const at = (name: string) => ({ namespace: 'default', name });

const make = () => {
  const clock = new FakeClock();
  return { clock, client: new FakeKubeClient({ clock, random: seededRandom(1) }) };
};

async function rejection(promise: Promise<unknown>): Promise<KubeError> {
  return promise.then(
    () => expect.unreachable(),
    (error: unknown) => error as KubeError,
  );
}

/** Collects a watch's events in the background. */
function collect(events: AsyncIterable<WatchEvent<KubeObject>>) {
  const seen: string[] = [];
  const ended = (async () => {
    for await (const event of events)
      seen.push(event.type === 'BOOKMARK' ? 'BOOKMARK' : `${event.type} ${event.object.metadata.name}`);
  })();
  ended.catch(() => {});
  return { seen, ended };
}

describe('objects', () => {
  it('get a uid, a version and a generation, and lose a status that a create brings', async () => {
    const { client } = make();
    const made = await client.create(WIDGET, { ...widget('a'), status: { phase: 'Done' } } as Widget);
    expect(made.metadata).toMatchObject({ generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' });
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(made.status).toBeUndefined();
    expect(isAlreadyExists(await rejection(client.create(WIDGET, widget('a'))))).toBe(true);
  });

  it('are copies: changing one changes nothing on the server', async () => {
    const { client } = make();
    const made = await client.create(WIDGET, widget('a'));
    made.spec.size = 99;
    expect((await client.get(WIDGET, at('a'))).spec.size).toBe(1);
  });

  it('count a generation for a change of spec only, and no version for no change', async () => {
    const { client } = make();
    const made = await client.create(WIDGET, widget('a'));
    const labelled = await client.patch(WIDGET, at('a'), { type: 'merge', body: { metadata: { labels: { x: '1' } } } });
    expect(labelled.metadata.generation).toBe(1);
    const same = await client.patch(WIDGET, at('a'), { type: 'merge', body: { spec: { size: 1 } } });
    expect(same.metadata.resourceVersion).toBe(labelled.metadata.resourceVersion);
    const grown = await client.patch(WIDGET, at('a'), { type: 'merge', body: { spec: { size: 2 } } });
    expect(grown.metadata.generation).toBe(2);
    expect(Number(grown.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
  });

  it('keep spec and status apart', async () => {
    const { client } = make();
    await client.create(WIDGET, widget('a'));
    const body = { spec: { size: 5 }, status: { phase: 'Busy' } };
    const status = await client.patch(WIDGET, at('a'), { type: 'merge', body }, { subresource: 'status' });
    expect(status).toMatchObject({ spec: { size: 1 }, status: { phase: 'Busy' }, metadata: { generation: 1 } });
    const main = await client.patch(WIDGET, at('a'), { type: 'merge', body: { ...body, status: { phase: 'Lost' } } });
    expect(main).toMatchObject({ spec: { size: 5 }, status: { phase: 'Busy' } });
  });

  it('refuse a write with an old version or another uid as a conflict', async () => {
    const { client } = make();
    const old = await client.create(WIDGET, widget('a'));
    await client.patch(WIDGET, at('a'), { type: 'merge', body: { spec: { size: 2 } } });
    const conflicts = [
      client.replace(WIDGET, old),
      client.patch(WIDGET, at('a'), { type: 'merge', body: { metadata: { uid: 'other' }, spec: { size: 3 } } }),
      client.delete(WIDGET, at('a'), { uid: 'other' }),
      client.delete(WIDGET, at('a'), { resourceVersion: old.metadata.resourceVersion ?? '' }),
    ];
    for (const conflict of conflicts) expect(isConflict(await rejection(conflict))).toBe(true);
    expect((await rejection(client.replace(WIDGET, widget('a')))).status).toBe(422);
    expect(isNotFound(await rejection(client.get(WIDGET, at('b'))))).toBe(true);
  });

  it('are changed by JSON patches, whose tests must hold', async () => {
    const { client } = make();
    await client.create(WIDGET, widget('a', { annotations: { 'a/b': '1' } }));
    const body = [
      { op: 'test', path: '/metadata/annotations/a~1b', value: '1' },
      { op: 'replace', path: '/spec/size', value: 7 },
      { op: 'remove', path: '/metadata/annotations/a~1b' },
    ];
    const patched = await client.patch(WIDGET, at('a'), { type: 'json', body });
    expect(patched.spec.size).toBe(7);
    expect(patched.metadata.annotations).toEqual({});
    expect((await rejection(client.patch(WIDGET, at('a'), { type: 'json', body }))).status).toBe(422);
  });
});

describe('deletion', () => {
  it('waits for finalizers, and takes no new ones', async () => {
    const { client } = make();
    await client.create(WIDGET, widget('a', { finalizers: ['example.com/hold'] }));
    await client.delete(WIDGET, at('a'));
    await client.delete(WIDGET, at('a'));
    const dying = await client.get(WIDGET, at('a'));
    expect(dying.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', generation: 2 });
    const more = { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } };
    expect((await rejection(client.patch(WIDGET, at('a'), { type: 'merge', body: more }))).status).toBe(422);
    await client.patch(WIDGET, at('a'), { type: 'merge', body: { metadata: { finalizers: null } } });
    expect(client.server.peek(WIDGET, at('a'))).toBeUndefined();
  });

  it('of an owner takes its dependents at the next garbage collection, to the last generation', async () => {
    const { client } = make();
    const owner = await client.create(WIDGET, widget('owner'));
    const owned = ({ apiVersion, kind, metadata }: KubeObject) => ({
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' }],
    });
    const child = await client.create(WIDGET, widget('child', owned(owner)));
    await client.create(WIDGET, widget('grandchild', owned(child)));
    await client.create(WIDGET, widget('other'));
    expect(client.server.collectGarbage()).toBe(0);
    await client.delete(WIDGET, at('owner'), { propagationPolicy: 'Foreground' });
    expect(client.server.peek(WIDGET, at('owner'))).toBeDefined();
    expect(client.server.collectGarbage()).toBe(2);
    expect(client.server.objects(WIDGET).map((w) => w.metadata.name)).toEqual(['other']);
  });

  it('of a Pod on a node waits for its kubelet', async () => {
    const { client } = make();
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: at('p'), spec: { nodeName: 'n' } };
    await client.create(POD, pod);
    await client.delete(POD, at('p'));
    expect(client.server.peek(POD, at('p'))?.metadata.deletionGracePeriodSeconds).toBe(30);
    await client.delete(POD, at('p'), { gracePeriodSeconds: 0 });
    expect(client.server.peek(POD, at('p'))).toBeUndefined();
  });
});

describe('server-side apply', () => {
  const apply = (client: FakeKubeClient, spec: object, fieldManager: string, force = false) =>
    client.patch(
      WIDGET,
      at('a'),
      { type: 'apply', body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: at('a'), spec }, force },
      { fieldManager },
    );

  it('creates, changes, and removes what the manager no longer wishes', async () => {
    const { client } = make();
    await apply(client, { size: 1, colour: 'red' }, 'me');
    const same = await apply(client, { size: 1, colour: 'red' }, 'me');
    const less = await apply(client, { size: 2 }, 'me');
    expect(less.spec).toEqual({ size: 2 });
    expect(Number(less.metadata.resourceVersion)).toBe(Number(same.metadata.resourceVersion) + 1);
    expect(less.metadata.managedFields).toMatchObject([{ manager: 'me', fieldsV1: { 'f:spec': { 'f:size': {} } } }]);
  });

  it('refuses to take a field from another manager unless forced', async () => {
    const { client } = make();
    await apply(client, { size: 1 }, 'me');
    expect(isConflict(await rejection(apply(client, { size: 2 }, 'you')))).toBe(true);
    await apply(client, { size: 2 }, 'you', true);
    const left = await apply(client, { colour: 'red' }, 'me');
    expect(left.spec).toEqual({ size: 2, colour: 'red' });
  });
});

describe('lists and watches', () => {
  it.each([
    ['app=x', ['a', 'b']],
    ['app=x,tier!=db', ['a']],
    ['tier', ['b']],
    ['!app', ['c']],
    ['app in (x, y),!tier', ['a']],
    ['app notin (x)', ['c']],
  ])('select by %s', async (labelSelector, names) => {
    const { client } = make();
    await client.create(WIDGET, widget('a', { labels: { app: 'x' } }));
    await client.create(WIDGET, widget('b', { labels: { app: 'x', tier: 'db' } }));
    await client.create(WIDGET, widget('c'));
    const { items } = await client.list(WIDGET, { namespace: 'default', labelSelector });
    expect(items.map((w) => w.metadata.name)).toEqual(names);
    expect((await client.list(WIDGET, { fieldSelector: 'metadata.name=b' })).items).toHaveLength(1);
    expect((await rejection(client.list(WIDGET, { fieldSelector: 'spec.size=1' }))).status).toBe(400);
  });

  it('page through one snapshot, until history expires', async () => {
    const { client } = make();
    for (const name of ['a', 'b', 'c']) await client.create(WIDGET, widget(name));
    const first = await client.list(WIDGET, { limit: 2 });
    await client.create(WIDGET, widget('d'));
    const rest = await client.list(WIDGET, { limit: 2, continue: first.continue ?? '' });
    expect(rest).toMatchObject({ resourceVersion: first.resourceVersion, items: [{ metadata: { name: 'c' } }] });
    expect(rest.continue).toBeUndefined();
    client.server.expireHistory();
    expect(isGone(await rejection(client.list(WIDGET, { continue: first.continue ?? '' })))).toBe(true);
  });

  it('show an object entering and leaving a selection as added and deleted, from any version kept', async () => {
    const { client, clock } = make();
    const { resourceVersion } = await client.list(WIDGET);
    await client.create(WIDGET, widget('a'));
    await client.create(JOB, { apiVersion: 'batch/v1', kind: 'Job', metadata: at('j') });
    const watch = collect(client.watch(WIDGET, { resourceVersion, labelSelector: 'on', timeoutSeconds: 100 }));
    await settle();
    const label = (on: string | null) =>
      client.patch(WIDGET, at('a'), { type: 'merge', body: { metadata: { labels: { on } } } });
    await label('1');
    await label('2');
    await label(null);
    await clock.advance(60_000);
    expect(watch.seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'BOOKMARK']);
    await clock.advance(40_000);
    await watch.ended;
    expect([client.watches.count(), clock.waiting]).toEqual([0, 0]);
    client.server.expireHistory();
    expect(isGone(await rejection(collect(client.watch(WIDGET, { resourceVersion })).ended))).toBe(true);
  });
});

describe('faults', () => {
  it('come before or after the effect, at the call they are meant for', async () => {
    const { client } = make();
    const reset = new KubeError(0, 'Unreachable', 'reset');
    client.fail((call) => call.verb === 'create', reset, { nth: 2 });
    client.fail((call) => call.name === 'c', reset, { when: 'after' });
    await client.create(WIDGET, widget('a'));
    expect(await rejection(client.create(WIDGET, widget('b')))).toBe(reset);
    expect(await rejection(client.create(WIDGET, widget('c')))).toBe(reset);
    expect(client.server.objects(WIDGET).map((w) => w.metadata.name)).toEqual(['a', 'c']);
    expect(client.writes.map((call) => `${call.verb} ${call.name ?? ''}`)).toEqual([
      'create a',
      'create b',
      'create c',
    ]);
  });

  it('drop, duplicate and delay events, freeze and break watches', async () => {
    const { client } = make();
    const watch = collect(client.watch(WIDGET, { resourceVersion: '0' }));
    await settle();
    const fates = { a: 'drop', b: 'duplicate', c: 'delay', d: 'pass' } as const;
    client.watches.tamper((_kind, event) =>
      event.type === 'BOOKMARK' ? 'pass' : fates[event.object.metadata.name as keyof typeof fates],
    );
    for (const name of Object.keys(fates)) await client.create(WIDGET, widget(name));
    client.watches.releaseDelayed();
    await settle();
    expect(watch.seen).toEqual(['ADDED b', 'ADDED b', 'ADDED d', 'ADDED c']);
    client.watches.freeze();
    await client.delete(WIDGET, at('d'));
    await settle();
    expect(watch.seen).toHaveLength(4);
    client.watches.thaw();
    await settle();
    expect(watch.seen[4]).toBe('DELETED d');
    client.watches.break(new KubeError(0, 'Unreachable', 'reset'));
    await expect(watch.ended).rejects.toThrow('reset');
  });

  it('an aborted call rejects with its signal’s reason, even while it is held', async () => {
    const { client } = make();
    const abort = new AbortController();
    client.intercept({ before: () => new Promise(() => {}) });
    const held = rejection(client.get(WIDGET, at('a'), { signal: abort.signal }));
    abort.abort(new Error('enough'));
    expect((await held).message).toBe('enough');
  });
});
