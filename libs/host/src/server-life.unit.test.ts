import {
  AGENT_RUN,
  ANNOTATION,
  SYMPOZIUM_INSTANCE,
  TEARDOWN_FINALIZER,
  type Kind,
  type KubeObject,
} from '@sympozium/api';
import { createInformer, KubeError } from '@sympozium/kube';
import { FakeKubeClient, type Call } from '@sympozium/kube/testing';
import { seededRandom, silentLogger } from '@sympozium/process/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitPlugins } from './index.js';
import { HostRig, PROBE_APP, PROBE_DOOR, PROBE_SECRET, servingProbe } from './testing/index.js';

const DAY_MS = 24 * 60 * 60_000;
const EVENT = { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true } as const;
const at = (name: string) => ({ namespace: 'default', name });
const key = at('hello-key');
const app = at('hello-app');
const door = at('hello-door');

let rig: HostRig;

beforeEach(async () => {
  rig = new HostRig({ modes: await admitPlugins([{ from: 'test', plugin: servingProbe() }]) });
  rig.instance();
  await rig.start();
});

afterEach(() => rig.stop());

async function create(): Promise<void> {
  rig.run({ spec: { mode: 'serving-probe' } });
  await rig.quiet();
}

async function serve(): Promise<void> {
  await create();
  ready(true);
  await rig.quiet();
  expect(rig.stored()?.status.phase).toBe('Serving');
  rig.client.forgetCalls();
}

const ready = (isReady: boolean): unknown =>
  rig.server.patch(PROBE_APP, app, { type: 'merge', body: { status: { ready: isReady } } }, { subresource: 'status' });

const text = (field: string): string | undefined => {
  const encoded = rig.server.peek(PROBE_SECRET, key)?.data?.[field];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
};

const events = (): string[] =>
  rig.server.objects(EVENT).map((event) => (event as KubeObject & { reason: string }).reason);

type Deed = (nth: number) => unknown;

const patch = <T extends KubeObject>(kind: Kind<T>, name: typeof app, body: object): unknown =>
  rig.server.patch(kind, name, { type: 'merge', body });

const LABELS_AWAY = { 'sympozium.ai/run': null };

/** Plays the garbage collector until it finds nothing more. */
async function collect(): Promise<void> {
  do await rig.quiet();
  while (rig.server.collectGarbage() > 0);
  await rig.quiet();
}

const rotate = (epoch: string): unknown =>
  rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), {
    type: 'merge',
    body: { metadata: { annotations: { [ANNOTATION.keyEpoch]: epoch } } },
  });

describe('a run that serves', () => {
  it('is held by the finalizer before its first child, and makes its children in their order', async () => {
    await create();
    expect(rig.writes).toEqual([
      'PATCH agentruns',
      'POST secrets',
      'PATCH apps',
      'PATCH doors',
      'PATCH agentruns/status',
    ]);
    expect(rig.stored()).toMatchObject({
      metadata: { finalizers: [TEARDOWN_FINALIZER] },
      status: { phase: 'Pending', reason: 'ServerUnavailable' },
    });
  });

  it('stays Serving when what serves breaks, and says so until it works again', async () => {
    await serve();
    ready(false);
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Serving', reason: 'ServerUnavailable' });
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ServerUnavailable' }),
    );
    ready(true);
    await rig.quiet();
    expect(rig.stored()?.status.reason).toBeUndefined();
    expect(rig.writes).toEqual(['PATCH agentruns/status', 'PATCH agentruns/status']);
  });

  it('does not end with its timeout, and makes no write while nothing changes', async () => {
    await serve();
    await rig.advance(DAY_MS);
    expect(rig.writes).toEqual([]);
  });

  it('rolls out what its instance wishes, and rolls back', async () => {
    await serve();
    for (const replicas of [3, 1]) {
      rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { spec: { endpoint: { replicas } } } });
      await rig.quiet();
      expect(rig.server.peek(PROBE_APP, app)?.spec.replicas).toBe(replicas);
    }
    expect(rig.writes).toEqual(['PATCH apps', 'PATCH apps']);
  });
});

describe('its generated value', () => {
  it('is made once, from random bytes, and survives whatever else changes', async () => {
    await serve();
    const value = text('api-key');
    expect(value).toMatch(/^sk-[A-Za-z0-9_-]{43}$/);
    await rig.restart();
    rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { spec: { systemPrompt: 'Be brief.' } } });
    await rig.quiet();
    expect(text('api-key')).toBe(value);
  });

  it('is another one for another epoch, and the old one stays valid for a day', async () => {
    await serve();
    const old = text('api-key');
    rotate('2');
    await rig.quiet();
    expect(text('api-key')).not.toBe(old);
    expect(JSON.parse(text('api-key-previous') ?? '')).toEqual({
      key: old,
      expires: new Date(rig.clock.now() + DAY_MS).toISOString().replace('.000', ''),
    });
    await rig.advance(DAY_MS);
    expect(rig.writes).toEqual(['PATCH secrets']);
    expect(events()).toEqual([]);
  });

  it.each([
    ['seen', false],
    ['while the host was away', true],
  ])('comes back after a deletion that was %s', async (_, away) => {
    await serve();
    const old = text('api-key');
    if (away) await rig.stop();
    rig.server.delete(PROBE_SECRET, key);
    if (away) await rig.restart();
    await rig.quiet();
    expect(text('api-key')).toMatch(/^sk-/);
    // Bytes that nobody remembers cannot come back: then callers are told.
    expect(text('api-key') === old).toBe(!away);
    expect(events()).toEqual(away ? ['KeyReplaced'] : []);
  });

  it('is told each time that it could not come back', async () => {
    await serve();
    for (const times of [1, 2]) {
      await rig.stop();
      rig.server.delete(PROBE_SECRET, key);
      await rig.restart();
      await rig.quiet();
      expect(events()).toEqual(Array(times).fill('KeyReplaced'));
    }
  });

  it('stays when the wish for an epoch is taken back, and does not come again for the same epoch', async () => {
    await serve();
    rotate('2');
    await rig.quiet();
    const value = text('api-key');
    for (const epoch of [null, '2']) {
      patch(SYMPOZIUM_INSTANCE, at('demo'), { metadata: { annotations: { [ANNOTATION.keyEpoch]: epoch } } });
      await rig.quiet();
      expect(text('api-key')).toBe(value);
    }
    expect(rig.writes).toEqual(['PATCH secrets']);
  });

  it('is rotated, too, when it was lost at the same time', async () => {
    await serve();
    const old = text('api-key');
    rig.client.watches.freeze();
    rig.server.delete(PROBE_SECRET, key);
    rotate('2');
    rig.client.watches.thaw();
    await rig.quiet();
    expect(text('api-key')).toMatch(/^sk-.{43}$/);
    expect(text('api-key')).not.toBe(old);
    expect(JSON.parse(text('api-key-previous') ?? '')).toMatchObject({ key: old });
    expect(events()).toEqual([]);
  });

  it('keeps what users put beside it, when it is rotated, lost or replaced', async () => {
    await serve();
    const entry = Buffer.from('{"key":"sk-of-another-caller"}').toString('base64');
    patch(PROBE_SECRET, key, { data: { another: entry } });
    rotate('2');
    await rig.quiet();
    rig.server.delete(PROBE_SECRET, key);
    await rig.quiet();
    patch(PROBE_SECRET, key, { data: { 'api-key': null } });
    await rig.quiet();
    expect(rig.server.peek(PROBE_SECRET, key)?.data?.['another']).toBe(entry);
    expect(text('api-key')).toMatch(/^sk-.{43}$/);
  });

  it('is replaced, and said to be, where it was made useless; a key that a user put in stays', async () => {
    await serve();
    const put = (value: string): unknown =>
      rig.server.patch(PROBE_SECRET, key, {
        type: 'merge',
        body: { data: { 'api-key': Buffer.from(value).toString('base64') } },
      });
    put('sk-a-users-own-long-enough-key');
    await rig.quiet();
    expect(text('api-key')).toBe('sk-a-users-own-long-enough-key');
    expect(events()).toEqual([]);
    put('');
    await rig.quiet();
    expect(text('api-key')).toMatch(/^sk-.{43}$/);
    expect(text('api-key-previous')).toBeUndefined();
    expect(events()).toEqual(['KeyReplaced']);
  });

  it('is in no log, event, status or other object', async () => {
    await serve();
    const value = text('api-key') ?? '?';
    rotate('2');
    await rig.quiet();
    const elsewhere = [AGENT_RUN, SYMPOZIUM_INSTANCE, PROBE_APP, PROBE_DOOR, EVENT].flatMap((k) =>
      rig.server.objects(k),
    );
    for (const secret of [value, text('api-key') ?? '?']) expect(JSON.stringify(elsewhere)).not.toContain(secret);
  });
});

describe('its children', () => {
  const kinds = [
    ['Secret', PROBE_SECRET, key],
    ['App', PROBE_APP, app],
    ['Door', PROBE_DOOR, door],
  ] as const;

  it.each(kinds)('get back labels and owner that somebody took from a %s, in one write', async (_, kind, name) => {
    await serve();
    const whole = rig.server.peek(kind, name)?.metadata;
    for (const metadata of [
      { labels: { 'sympozium.ai/run': null } },
      { labels: { 'sympozium.ai/instance': null } },
      { ownerReferences: null },
    ]) {
      rig.client.forgetCalls();
      rig.server.patch(kind, name, { type: 'merge', body: { metadata } });
      await rig.quiet();
      expect(rig.server.peek(kind, name)?.metadata).toMatchObject({
        uid: whole?.uid,
        labels: whole?.labels,
        ownerReferences: whole?.ownerReferences,
      });
      expect(rig.writes.filter((write) => write.startsWith('PATCH') && !write.includes('agentruns'))).toHaveLength(1);
    }
  });

  it.each(kinds)('leave a foreign %s of the same name alone, and say so', async (_, kind, name) => {
    await serve();
    rig.server.delete(kind, name);
    const foreign = rig.server.create(kind, { apiVersion: kind.apiVersion, kind: kind.kind, metadata: name });
    await rig.advance(10_000);
    expect(rig.server.peek(kind, name)?.metadata.uid).toBe(foreign.metadata.uid);
    expect(rig.server.peek(kind, name)?.metadata.ownerReferences).toBeUndefined();
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Applied', status: 'False', reason: 'NameConflict' }),
    );
    rig.server.delete(kind, name);
    await rig.advance(60_000);
    expect(rig.server.peek(kind, name)?.metadata.ownerReferences).toHaveLength(1);
  });

  it('are overwritten where edits of others make an apply invalid', async () => {
    await serve();
    const isApply = ({ verb, kind }: Call): boolean => verb === 'patch' && kind === PROBE_APP;
    rig.client.fail(isApply, new KubeError(422, 'Invalid', 'duplicate name'));
    rig.server.patch(PROBE_APP, app, { type: 'merge', body: { spec: { replicas: 9 } } });
    await rig.quiet();
    expect(rig.server.peek(PROBE_APP, app)).toMatchObject({ spec: { replicas: 1 }, status: { ready: true } });
    expect(rig.writes).toEqual(['PATCH apps', 'PATCH apps']);
  });

  it.each<[string, Kind, Deed]>([
    ['changing an App', PROBE_APP, (nth) => patch(PROBE_APP, app, { spec: { replicas: 2 + (nth % 2) } })],
    ['deleting an App', PROBE_APP, () => rig.server.delete(PROBE_APP, app)],
    ['deleting a Secret', PROBE_SECRET, () => rig.server.delete(PROBE_SECRET, key)],
    ['emptying a Secret', PROBE_SECRET, () => patch(PROBE_SECRET, key, { data: { 'api-key': null } })],
    ['taking a Secret’s label', PROBE_SECRET, () => patch(PROBE_SECRET, key, { metadata: { labels: LABELS_AWAY } })],
  ])('are not fought over: who keeps %s wins, and is named as the reason', async (_what, kind, deed) => {
    await serve();
    const name = kind === PROBE_APP ? app : key;
    for (let nth = 0; nth < 50; nth += 1) {
      if (rig.server.peek(kind, name)) deed(nth);
      await rig.quiet();
    }
    expect(rig.writes.filter((write) => write.endsWith(kind.plural)).length).toBeLessThanOrEqual(40);
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Applied', status: 'False', reason: 'ApplyContested' }),
    );
    const written = rig.writes.length;
    await rig.advance(5 * 60_000);
    expect(rig.writes).toHaveLength(written);
    await rig.advance(6 * 60_000);
    expect(rig.server.peek(PROBE_APP, app)?.spec.replicas).toBe(1);
    expect(text('api-key')).toMatch(/^sk-/);
    expect(rig.stored()?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Applied', status: 'True' }),
    );
  });

  it('are mended after any number of failures of the API server', async () => {
    await serve();
    const isApply = ({ verb, kind }: Call): boolean => verb === 'patch' && kind === PROBE_APP;
    const heal = rig.client.fail(isApply, new KubeError(500, 'InternalError', 'oops'), { times: Infinity });
    patch(PROBE_APP, app, { spec: { replicas: 9 } });
    await rig.advance(15 * 60_000);
    heal();
    await rig.advance(60_000);
    expect(rig.server.peek(PROBE_APP, app)?.spec.replicas).toBe(1);
  });
});

describe('a run that served and is deleted', () => {
  const remove = async (): Promise<void> => {
    rig.server.delete(AGENT_RUN, at('hello'));
    await collect();
  };

  it('is taken down stage by stage, shows that it succeeded, and goes', async () => {
    await serve();
    const phases: string[] = [];
    const watcher = createInformer(
      {
        client: new FakeKubeClient({ server: rig.server }),
        clock: rig.clock,
        random: seededRandom(3),
        log: silentLogger(),
      },
      { kind: AGENT_RUN },
    );
    watcher.onEvent(({ object }) => phases.push(object.status.phase));
    await watcher.start();
    await remove();
    await watcher.stop();
    expect(rig.writes.filter((write) => !write.startsWith('POST'))).toEqual([
      'DELETE apps',
      'DELETE doors',
      'DELETE secrets',
      'PATCH agentruns/status',
      'PATCH agentruns',
    ]);
    expect(rig.stored()).toBeUndefined();
    expect([...new Set(phases)]).toEqual(['Serving', 'Succeeded']);
    expect(events()).toEqual(['Succeeded']);
  });

  it('waits for the workload to be gone before anything else goes', async () => {
    await serve();
    rig.server.patch(PROBE_APP, app, { type: 'merge', body: { metadata: { finalizers: ['probe.dev/pods'] } } });
    await rig.quiet();
    rig.client.forgetCalls();
    await remove();
    expect(rig.writes).toEqual(['DELETE apps']);
    rig.server.patch(PROBE_APP, app, { type: 'merge', body: { metadata: { finalizers: null } } });
    await collect();
    expect(rig.stored()).toBeUndefined();
  });

  it('does not wait for ever for a workload that does not go', async () => {
    await serve();
    rig.server.patch(PROBE_APP, app, { type: 'merge', body: { metadata: { finalizers: ['probe.dev/pods'] } } });
    await rig.quiet();
    await remove();
    await rig.advance(15 * 60_000);
    expect(rig.stored()).toBeUndefined();
  });

  it('deletes nothing that it does not control', async () => {
    await serve();
    rig.server.patch(PROBE_SECRET, key, { type: 'merge', body: { metadata: { ownerReferences: null } } });
    await remove();
    expect(rig.stored()).toBeUndefined();
    expect(rig.server.peek(PROBE_SECRET, key)).toBeDefined();
  });

  it.each([
    ['children that are absent', () => rig.server.delete(PROBE_APP, app)],
    ['an API that is gone', () => rig.server.setServed(PROBE_DOOR, false)],
    [
      'deletions that are refused',
      () =>
        rig.client.fail(({ verb }) => verb === 'delete', new KubeError(403, 'Forbidden', 'no'), { times: Infinity }),
    ],
  ])('is not held up by %s', async (_, spoil) => {
    await serve();
    spoil();
    await remove();
    await rig.advance(60_000);
    expect(rig.stored()).toBeUndefined();
  });

  it('goes when its mode’s plugin is gone, with a warning, and leaves the rest to the garbage collector', async () => {
    await serve();
    await rig.restart({ modes: [] });
    await remove();
    expect(rig.stored()).toBeUndefined();
    expect(events()).toEqual(expect.arrayContaining(['ModeUnknown', 'Succeeded']));
  });

  it('may be made again under its name at once', async () => {
    await serve();
    const old = text('api-key');
    await remove();
    await create();
    expect(rig.stored()?.metadata.finalizers).toEqual([TEARDOWN_FINALIZER]);
    expect(text('api-key')).not.toBe(old);
  });
});
