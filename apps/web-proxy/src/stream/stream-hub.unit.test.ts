import { FakeClock, settle, silentLogger } from '@sympozium/process/testing';
import { PROTOCOL_VERSION, type Frame } from '@sympozium/run-protocol';
import { beforeEach, expect, it } from 'vitest';
import { StreamHub } from './stream-hub.js';

const frame = (seq: number): Frame => ({ v: PROTOCOL_VERSION, attempt: 'a', seq, type: 'heartbeat' });
const never = new AbortController().signal;

let clock: FakeClock;
let hub: StreamHub;

beforeEach(() => {
  clock = new FakeClock();
  hub = new StreamHub(clock, silentLogger());
});

it('hands a run’s frames to all who wait for it, in order, and to nobody else', async () => {
  const readers = [hub.expect('run'), hub.expect('run'), hub.expect('other')];
  for (let seq = 0; seq < 3; seq += 1) await hub.deliver('run', frame(seq));
  for (const reader of readers.slice(0, 2)) {
    const frames = reader.frames(never);
    const seen = [];
    for await (const { seq } of frames) if (seen.push(seq) === 3) break;
    expect(seen).toEqual([0, 1, 2]);
  }
  const abort = new AbortController();
  const none = readers[2]?.frames(abort.signal)[Symbol.asyncIterator]().next();
  abort.abort();
  expect(await none).toMatchObject({ done: true });
});

it('tells the run’s uid once it is made, and that nobody waits', async () => {
  const reader = hub.expect('run');
  const uid = hub.uidOf('run');
  reader.bind('uid-1');
  expect(await uid).toBe('uid-1');
  reader.close();
  expect(await hub.uidOf('run')).toBeUndefined();
});

it('tells a stream that waits that its run will never be', async () => {
  const reader = hub.expect('run');
  const uid = hub.uidOf('run');
  reader.close();
  expect(await uid).toBeUndefined();
});

it('holds the agent back while a reader is behind, drops him in time, and lets the agent go on', async () => {
  hub.expect('run').bind('uid');
  let delivered = 0;
  const sending = (async () => {
    for (let seq = 0; seq < 200; seq += 1) {
      await hub.deliver('run', frame(seq));
      delivered += 1;
    }
  })();
  await settle();
  expect(delivered).toBeLessThan(100);
  await clock.advance(10_000);
  await sending;
  expect(await hub.uidOf('run')).toBeUndefined();
});

it('goes on with a reader who catches up in time', async () => {
  const reader = hub.expect('run');
  const sending = (async () => {
    for (let seq = 0; seq < 200; seq += 1) await hub.deliver('run', frame(seq));
  })();
  await settle();
  let expected = 0;
  for await (const { seq } of reader.frames(never)) {
    expect(seq).toBe(expected);
    if (++expected === 200) break;
  }
  await sending;
  expect(clock.waiting).toBe(0);
});
