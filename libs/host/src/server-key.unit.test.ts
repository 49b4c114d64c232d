import { AGENT_RUN, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, CHILD, PROBE_APP, PROBE_DOOR, PROBE_SECRET, ServingRig } from './testing/index.js';

const DAY_MS = 24 * 60 * 60_000;
const EVENT = { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true } as const;

let rig: ServingRig;

beforeEach(async () => {
  rig = await ServingRig.started();
});

afterEach(() => rig.stop());

describe('its generated value', () => {
  it('is made once, from random bytes, and survives whatever else changes', async () => {
    await rig.serve();
    const value = rig.text('api-key');
    expect(value).toMatch(/^sk-[A-Za-z0-9_-]{43}$/);
    await rig.restart();
    rig.server.patch(SYMPOZIUM_INSTANCE, at('demo'), { type: 'merge', body: { spec: { systemPrompt: 'Be brief.' } } });
    await rig.quiet();
    expect(rig.text('api-key')).toBe(value);
  });

  it('is another one for another epoch, and the old one stays valid for a day', async () => {
    await rig.serve();
    const old = rig.text('api-key');
    rig.rotate('2');
    await rig.quiet();
    expect(rig.text('api-key')).not.toBe(old);
    expect(JSON.parse(rig.text('api-key-previous') ?? '')).toEqual({
      key: old,
      expires: new Date(rig.clock.now() + DAY_MS).toISOString().replace('.000', ''),
    });
    await rig.advance(DAY_MS);
    expect(rig.writes).toEqual(['PATCH secrets']);
    expect(rig.events()).toEqual([]);
  });

  it.each([
    ['seen', false],
    ['while the host was away', true],
  ])('comes back after a deletion that was %s', async (_, away) => {
    await rig.serve();
    const old = rig.text('api-key');
    if (away) await rig.stop();
    rig.server.delete(PROBE_SECRET, CHILD.key);
    if (away) await rig.restart();
    await rig.quiet();
    expect(rig.text('api-key')).toMatch(/^sk-/);
    // Bytes that nobody remembers cannot come back: then callers are told.
    expect(rig.text('api-key') === old).toBe(!away);
    expect(rig.events()).toEqual(away ? ['KeyReplaced'] : []);
  });

  it('is told each time that it could not come back', async () => {
    await rig.serve();
    for (const times of [1, 2]) {
      await rig.stop();
      rig.server.delete(PROBE_SECRET, CHILD.key);
      await rig.restart();
      await rig.quiet();
      expect(rig.events()).toEqual(Array(times).fill('KeyReplaced'));
    }
  });

  it('stays when the wish for an epoch is taken back, and does not come again for the same epoch', async () => {
    await rig.serve();
    rig.rotate('2');
    await rig.quiet();
    const value = rig.text('api-key');
    for (const epoch of [null, '2']) {
      rig.rotate(epoch);
      await rig.quiet();
      expect(rig.text('api-key')).toBe(value);
    }
    expect(rig.writes).toEqual(['PATCH secrets']);
  });

  it('is rotated, too, when it was lost at the same time', async () => {
    await rig.serve();
    const old = rig.text('api-key');
    rig.client.watches.freeze();
    rig.server.delete(PROBE_SECRET, CHILD.key);
    rig.rotate('2');
    rig.client.watches.thaw();
    await rig.quiet();
    expect(rig.text('api-key')).toMatch(/^sk-.{43}$/);
    expect(rig.text('api-key')).not.toBe(old);
    expect(JSON.parse(rig.text('api-key-previous') ?? '')).toMatchObject({ key: old });
    expect(rig.events()).toEqual([]);
  });

  it('keeps what users put beside it, when it is rotated, lost or replaced', async () => {
    await rig.serve();
    const entry = Buffer.from('{"key":"sk-of-another-caller"}').toString('base64');
    rig.patch(PROBE_SECRET, CHILD.key, { data: { another: entry } });
    rig.rotate('2');
    await rig.quiet();
    rig.server.delete(PROBE_SECRET, CHILD.key);
    await rig.quiet();
    rig.patch(PROBE_SECRET, CHILD.key, { data: { 'api-key': null } });
    await rig.quiet();
    expect(rig.server.peek(PROBE_SECRET, CHILD.key)?.data?.['another']).toBe(entry);
    expect(rig.text('api-key')).toMatch(/^sk-.{43}$/);
  });

  it('is replaced, and said to be, where it was made useless; a key that a user put in stays', async () => {
    await rig.serve();
    const put = (value: string): unknown =>
      rig.server.patch(PROBE_SECRET, CHILD.key, {
        type: 'merge',
        body: { data: { 'api-key': Buffer.from(value).toString('base64') } },
      });
    put('sk-a-users-own-long-enough-key');
    await rig.quiet();
    expect(rig.text('api-key')).toBe('sk-a-users-own-long-enough-key');
    expect(rig.events()).toEqual([]);
    put('');
    await rig.quiet();
    expect(rig.text('api-key')).toMatch(/^sk-.{43}$/);
    expect(rig.text('api-key-previous')).toBeUndefined();
    expect(rig.events()).toEqual(['KeyReplaced']);
  });

  it('is in no log, event, status or other object', async () => {
    await rig.serve();
    const value = rig.text('api-key') ?? '?';
    rig.rotate('2');
    await rig.quiet();
    const elsewhere = [AGENT_RUN, SYMPOZIUM_INSTANCE, PROBE_APP, PROBE_DOOR, EVENT].flatMap((k) =>
      rig.server.objects(k),
    );
    for (const secret of [value, rig.text('api-key') ?? '?']) expect(JSON.stringify(elsewhere)).not.toContain(secret);
  });
});
