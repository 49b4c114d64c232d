import type { Kind, KubeObject } from '@sympozium/api';
import { FakeClock, recordingLogger, seededRandom, settle } from '@sympozium/process/testing';
import { describe, expect, it } from 'vitest';
import { KubeError } from './error.js';
import type { InformerOptions } from './informer.js';
import { FakeKubeClient } from './testing/index.js';
import { createInformer } from './watch-informer.js';

interface Widget extends KubeObject {
  spec: { size: number };
}

const WIDGET: Kind<Widget> = { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const MINUTE = 60_000;
const reset = (): KubeError => new KubeError(0, 'Unreachable', 'the connection broke off');
const at = (name: string) => ({ namespace: 'default', name });
const widget = (name: string, metadata: object = {}): Widget => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { ...at(name), ...metadata },
  spec: { size: 1 },
});

function make(options: Partial<InformerOptions<Widget>> = {}) {
  const clock = new FakeClock();
  const random = seededRandom(1);
  const client = new FakeKubeClient({ clock, random });
  const { log, lines } = recordingLogger();
  const informer = createInformer({ client, clock, random, log }, { kind: WIDGET, ...options });
  const events: string[] = [];
  informer.onEvent(({ type, object }) => events.push(`${type} ${object.metadata.name}`));
  const names = () => informer.store.list().map((w) => w.metadata.name);
  const resize = (name: string, size: number) =>
    client.patch(WIDGET, at(name), { type: 'merge', body: { spec: { size } } });
  const count = (verb: string) => client.calls.filter((call) => call.verb === verb).length;
  return { clock, client, informer, events, lines, names, resize, count };
}

async function started(options: Partial<InformerOptions<Widget>> = {}) {
  const all = make(options);
  await all.client.create(WIDGET, widget('a'));
  await all.client.create(WIDGET, widget('b'));
  await all.informer.start();
  await settle();
  all.events.length = 0;
  return all;
}

describe('following', () => {
  it('lists page by page, then keeps up with every change', async () => {
    const { client, informer, events, names, resize } = make({ pageSize: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.create(WIDGET, widget(name));
    await informer.start();
    expect(informer.synced).toBe(true);
    expect(client.calls.filter((call) => call.verb === 'list')).toHaveLength(3);
    await settle();
    await client.create(WIDGET, widget('f'));
    const { metadata } = await resize('a', 2);
    await client.delete(WIDGET, at('b'));
    await settle();
    expect(names().sort()).toEqual(['a', 'c', 'd', 'e', 'f']);
    expect(events.slice(5)).toEqual(['added f', 'modified a', 'deleted b']);
    expect(Number(informer.resourceVersion)).toBe(Number(metadata.resourceVersion) + 1);
    await informer.stop();
  });

  it('keeps what it is told to keep, and finds objects by index', async () => {
    const { client, informer, resize } = make({
      namespace: 'default',
      labelSelector: 'team',
      trim: (w) => ({ ...w, metadata: { ...w.metadata, annotations: {} } }),
      indexes: { size: (w) => [String(w.spec.size)] },
    });
    await client.create(
      WIDGET,
      widget('a', { labels: { team: 'x' }, annotations: { long: 'text' }, managedFields: [{}] }),
    );
    await client.create(WIDGET, widget('b'));
    await informer.start();
    await settle();
    const kept = informer.store.get('default', 'a');
    expect(kept?.metadata).toMatchObject({ annotations: {}, labels: { team: 'x' } });
    expect(kept?.metadata).not.toHaveProperty('managedFields');
    await resize('a', 9);
    await settle();
    expect([informer.store.by('size', '1'), informer.store.by('size', '9').length]).toEqual([[], 1]);
    await informer.stop();
  });

  it('goes on when a handler throws, and says so', async () => {
    const { client, informer, events, lines } = await started();
    const remove = informer.onEvent(() => {
      throw new Error('handler is broken');
    });
    const after: string[] = [];
    informer.onEvent(({ object }) => after.push(object.metadata.name));
    await client.create(WIDGET, widget('c'));
    await settle();
    remove();
    await client.create(WIDGET, widget('d'));
    await settle();
    expect([events, after]).toEqual([
      ['added c', 'added d'],
      ['c', 'd'],
    ]);
    expect(lines).toEqual([expect.objectContaining({ level: 50, msg: 'event handler failed' })]);
    await informer.stop();
  });

  it('leaves nothing open when it stops, whatever it is at, and can start again', async () => {
    const { clock, client, informer, names } = await started();
    await informer.stop();
    expect([client.watches.count(), clock.waiting]).toEqual([0, 0]);
    await client.delete(WIDGET, at('a'));
    await informer.start();
    expect(names()).toEqual(['b']);
    await informer.stop();

    client.intercept({ matches: (call) => call.verb === 'list', before: () => new Promise(() => {}) });
    const starting = informer.start();
    const refused = expect(starting).rejects.toThrow('informer widgets was stopped before it had synced');
    await informer.stop();
    await refused;
    expect([client.watches.count(), clock.waiting]).toEqual([0, 0]);
  });
});

describe('a server that fails', () => {
  it.each([401, 403])('with %i leaves the informer unsynced, and the log says why', async (status) => {
    const { clock, client, informer, lines } = make();
    const forbidden = new KubeError(status, 'Forbidden', 'widgets.example.com is forbidden: User "me" cannot list');
    const grant = client.fail((call) => call.verb === 'list', forbidden, { times: Infinity });
    const starting = informer.start();
    await clock.advance(MINUTE);
    expect(informer.synced).toBe(false);
    expect(lines[0]).toMatchObject({
      level: 50,
      msg: 'cannot list widgets, trying again',
      err: { message: forbidden.message },
    });
    grant();
    await clock.advance(MINUTE);
    await starting;
    expect(informer.synced).toBe(true);
    await informer.stop();
  });

  it('is asked again with growing pauses, not in a loop', async () => {
    const { clock, client, informer, count } = make();
    client.fail((call) => call.verb === 'list', reset(), { times: Infinity });
    informer.start().catch(() => {});
    await clock.advance(10 * MINUTE);
    expect(count('list')).toBeGreaterThan(20);
    expect(count('list')).toBeLessThan(60);
    await informer.stop();
  });

  it('is left alone for as long as its Retry-After says', async () => {
    const { clock, client, informer, count } = make();
    const busy = new KubeError(429, 'TooManyRequests', 'later', { retryAfterMs: 7_000 });
    client.fail((call) => call.verb === 'list', busy);
    const starting = informer.start();
    await clock.advance(6_999);
    expect(count('list')).toBe(1);
    await clock.advance(1);
    await starting;
    await informer.stop();
  });

  it('and resets a watch is followed from where it broke off, without a list', async () => {
    const { clock, client, informer, names, count } = await started();
    client.watches.break(reset());
    await client.create(WIDGET, widget('c'));
    client.fail((call) => call.verb === 'watch', reset());
    await clock.advance(1_000);
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(count('list')).toBe(1);
    await informer.stop();
  });

  it('and ends every watch at once is not asked in a loop', async () => {
    const { clock, client, informer, count } = await started();
    for (let i = 0; i < 600; i++) {
      client.watches.break();
      await clock.advance(100);
    }
    expect(count('watch')).toBeGreaterThan(3);
    expect(count('watch')).toBeLessThan(30);
    await informer.stop();
  });

  it('and falls silent is noticed within 90 s, while bookmarks keep a quiet watch alive', async () => {
    const { clock, client, informer, names, count, lines } = await started();
    await clock.advance(4 * MINUTE);
    expect([count('watch'), lines]).toEqual([1, []]);
    client.watches.freeze();
    await client.create(WIDGET, widget('c'));
    await clock.advance(91_000);
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(lines).toEqual([
      expect.objectContaining({ err: expect.objectContaining({ message: 'the watch was silent for 90 s' }) }),
    ]);
    await informer.stop();
  });
});

describe('a history that is gone', () => {
  it('is answered by a list at once, which finds what was deleted meanwhile', async () => {
    const { client, informer, events, names } = await started();
    client.watches.freeze();
    await client.delete(WIDGET, at('a'));
    await client.create(WIDGET, widget('c'));
    client.server.expireHistory();
    client.watches.break(new KubeError(410, 'Expired', 'too old resource version'));
    await settle();
    expect(names()).toEqual(['b', 'c']);
    expect(events).toEqual(['added c', 'deleted a']);
    await informer.stop();
  });

  it('while listing makes it begin the list anew', async () => {
    const { clock, client, informer, names } = make({ pageSize: 1 });
    for (const name of ['a', 'b', 'c']) await client.create(WIDGET, widget(name));
    const expire = {
      matches: (call: { verb: string }) => call.verb === 'list',
      nth: 2,
      before: () => client.server.expireHistory(),
    };
    client.intercept(expire);
    const starting = informer.start();
    await clock.advance(1_000);
    await starting;
    expect(names()).toEqual(['a', 'b', 'c']);
    await informer.stop();
  });

  it('time and again does not end in a loop', async () => {
    const { clock, client, informer, count } = await started();
    client.fail((call) => call.verb === 'watch', new KubeError(410, 'Expired', 'too old'), { times: Infinity });
    client.watches.break(reset());
    await clock.advance(MINUTE);
    expect(count('list')).toBeLessThan(15);
    await informer.stop();
  });
});

describe('events', () => {
  it('that come twice or late change nothing', async () => {
    const { client, informer, events, resize } = await started();
    client.watches.tamper((_kind, event) =>
      event.type === 'MODIFIED' && event.object.metadata.name === 'a' ? 'delay' : 'duplicate',
    );
    await resize('a', 2);
    client.watches.tamper(() => 'duplicate');
    await resize('a', 3);
    await client.create(WIDGET, widget('c'));
    client.watches.releaseDelayed();
    await settle();
    expect(events).toEqual(['modified a', 'added c']);
    expect(informer.store.get('default', 'a')?.spec.size).toBe(3);
    await informer.stop();
  });

  it('of an object made anew under its name tell of two objects, though the deletion went unseen', async () => {
    const { client, informer, events } = await started();
    const before = informer.store.get('default', 'a')?.metadata.uid;
    client.watches.tamper((_kind, event) => (event.type === 'DELETED' ? 'delay' : 'pass'));
    await client.delete(WIDGET, at('a'));
    await client.create(WIDGET, widget('a'));
    await settle();
    expect(events).toEqual(['deleted a', 'added a']);
    client.watches.releaseDelayed(); // the late deletion is the old object's
    await settle();
    expect(events).toHaveLength(2);
    expect(informer.store.get('default', 'a')?.metadata.uid).not.toBe(before);
    await informer.stop();
  });

  it('that got lost are made good within the hour', async () => {
    const { clock, client, informer, names } = await started();
    client.watches.tamper((_kind, event) => (event.type === 'BOOKMARK' ? 'pass' : 'drop'));
    await client.delete(WIDGET, at('a'));
    await client.create(WIDGET, widget('c'));
    client.watches.tamper(() => 'pass');
    await clock.advance(20 * MINUTE);
    expect(names()).toEqual(['a', 'b']);
    await clock.advance(60 * MINUTE);
    expect(names()).toEqual(['b', 'c']);
    await informer.stop();
  });
});
