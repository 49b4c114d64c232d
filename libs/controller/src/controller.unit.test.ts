import { KubeError } from '@sympozium/kube';
import { Metrics } from '@sympozium/process';
import { FakeClock, recordingLogger, seededRandom, settle } from '@sympozium/process/testing';
import { describe, expect, it } from 'vitest';
import { Controller, type ControllerOptions } from './controller.js';
import { objectKey, parseObjectKey } from './object-key.js';
import { OwnWrites } from './own-writes.js';

function make(options: Partial<ControllerOptions> & Pick<ControllerOptions, 'reconcile'>) {
  const clock = new FakeClock();
  const { log, lines } = recordingLogger();
  const controller = new Controller({ name: 'runs', workers: 2, clock, random: seededRandom(1), log, ...options });
  return { clock, controller, lines };
}

/** Reconciles that end when they are told to. */
function held() {
  const running: { key: string; end: () => void }[] = [];
  const reconcile = (key: string): Promise<void> => new Promise((resolve) => running.push({ key, end: resolve }));
  return { running, reconcile, keys: () => running.map(({ key }) => key) };
}

describe('workers', () => {
  it('are as many as told, and take keys that were enqueued before the start', async () => {
    const { running, reconcile, keys } = held();
    const { controller } = make({ reconcile });
    for (const key of ['a', 'b', 'c', 'a']) controller.enqueue(key);
    await settle();
    expect(keys()).toEqual([]);
    await controller.start();
    await settle();
    expect(keys()).toEqual(['a', 'b']);
    running[0]?.end();
    await settle();
    expect(keys()).toEqual(['a', 'b', 'c']);
    for (const { end } of running) end();
    await controller.stop();
  });

  it('finish what they are at when they stop, and begin nothing more', async () => {
    const { running, reconcile, keys } = held();
    const { clock, controller } = make({ reconcile, workers: 1 });
    await controller.start();
    controller.enqueue('a');
    controller.enqueue('b');
    controller.enqueue('later', 1_000);
    await settle();
    let stopped = false;
    const stopping = controller.stop().then(() => (stopped = true));
    await clock.advance(4_999);
    expect(stopped).toBe(false);
    running[0]?.end();
    await stopping;
    expect([keys(), clock.waiting]).toEqual([['a'], 0]);
    await controller.stop();
  });

  it('leave behind what hangs when they stop', async () => {
    const { reconcile } = held();
    const { clock, controller, lines } = make({ reconcile });
    await controller.start();
    controller.enqueue('a');
    await settle();
    const stopping = controller.stop();
    await clock.advance(5_000);
    await stopping;
    expect(lines).toMatchObject([{ msg: 'stopped while reconciles were running; the next start takes them up' }]);
    expect(clock.waiting).toBe(0);
  });
});

describe('a reconcile', () => {
  it('that asks for it is repeated after that time', async () => {
    const times: number[] = [];
    const { clock, controller } = make({
      reconcile: async () => {
        times.push(clock.now());
        return times.length < 3 ? { recheckAfterMs: 500 } : undefined;
      },
    });
    await controller.start();
    controller.enqueue('a');
    await clock.advance(10_000);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 500, 1_000]);
    await controller.stop();
  });

  it('that throws is repeated with growing delays, which a success ends', async () => {
    const times: number[] = [];
    const { clock, controller, lines } = make({
      reconcile: () => {
        times.push(clock.now());
        if (times.length % 5 !== 0) throw new Error('no luck');
        return Promise.resolve();
      },
      backoff: { initialMs: 100, maxMs: 10_000 },
    });
    await controller.start();
    controller.enqueue('a');
    await clock.advance(60_000);
    expect(times).toHaveLength(5);
    const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    pauses.forEach((pause, i) => expect([pause >= 50 * 2 ** i, pause <= 100 * 2 ** i]).toEqual([true, true]));
    controller.enqueue('a');
    await clock.advance(100);
    expect(times.length).toBeGreaterThanOrEqual(7);
    expect(lines[0]).toMatchObject({ level: 40, key: 'a', err: { message: 'no luck' } });
    await controller.stop();
  });

  it('that the server turned away waits as long as Retry-After says', async () => {
    let calls = 0;
    const { clock, controller } = make({
      reconcile: async () => {
        calls += 1;
        if (calls === 1) throw new KubeError(429, 'TooManyRequests', 'later', { retryAfterMs: 4_000 });
      },
    });
    await controller.start();
    controller.enqueue('a');
    await clock.advance(3_999);
    expect(calls).toBe(1);
    await clock.advance(1);
    expect(calls).toBe(2);
    await controller.stop();
  });

  it('that fails keeps no other key waiting', async () => {
    const done: string[] = [];
    const { clock, controller } = make({
      workers: 1,
      reconcile: async (key) => {
        if (key === 'broken') throw new Error('always');
        done.push(key);
      },
    });
    await controller.start();
    for (const key of ['broken', 'a', 'b']) controller.enqueue(key);
    await clock.advance(0);
    expect(done).toEqual(['a', 'b']);
    await controller.stop();
  });
});

describe('own writes', () => {
  it('that the caches have not seen hold the key back until they have', async () => {
    const ownWrites = new OwnWrites();
    let cached = 1;
    let written = 1;
    const acted: number[] = [];
    const { clock, controller } = make({
      settled: (key) => ownWrites.settled(key),
      reconcile: async (key) => {
        acted.push(cached);
        const version = (written += 1);
        ownWrites.record(key, () => cached >= version);
      },
    });
    await controller.start();
    controller.enqueue('a');
    controller.enqueue('a', 10);
    await clock.advance(30_000);
    expect(acted).toEqual([1]);
    cached = 2; // seen by a bookmark: no event enqueues the key
    await clock.advance(1_000);
    expect(acted).toEqual([1, 2]);
    cached = 3;
    controller.enqueue('a'); // seen by an event
    await clock.advance(0);
    expect(acted).toEqual([1, 2, 3]);
    await controller.stop();
  });

  it('are forgotten once seen, and concern no other key', () => {
    const ownWrites = new OwnWrites();
    const seen = { first: false, second: false };
    ownWrites.record('a', () => seen.first);
    ownWrites.record('a', () => seen.second);
    expect([ownWrites.settled('a'), ownWrites.settled('b')]).toEqual([false, true]);
    seen.second = true;
    expect(ownWrites.settled('a')).toBe(false);
    seen.first = true;
    expect([ownWrites.settled('a'), ownWrites.size]).toEqual([true, 0]);
  });
});

it('tells its depth, its outcomes and its retries; controllers share the metrics', async () => {
  const metrics = new Metrics({ defaults: false });
  const { clock, controller } = make({
    metrics,
    workers: 1,
    settled: (key) => key !== 'stale',
    reconcile: async (key) => {
      if (key === 'bad') throw new Error('no');
    },
  });
  make({ metrics, name: 'other', reconcile: async () => {} });
  for (const key of ['good', 'bad', 'stale']) controller.enqueue(key);
  expect((await metrics.expose()).body).toContain('sympozium_controller_queue_depth{controller="runs"} 3');
  await controller.start();
  await clock.advance(0);
  const { body } = await metrics.expose();
  for (const line of [
    'sympozium_controller_queue_depth{controller="runs"} 0',
    'sympozium_controller_reconciles_total{controller="runs",outcome="done"} 1',
    'sympozium_controller_reconciles_total{controller="runs",outcome="failed"} 1',
    'sympozium_controller_reconciles_total{controller="runs",outcome="stale"} 1',
    'sympozium_controller_retries_total{controller="runs"} 1',
    'sympozium_controller_reconcile_seconds_count{controller="runs"} 2',
  ])
    expect(body).toContain(line);
  await controller.stop();
});

it('object keys come apart as they were put together', () => {
  expect(parseObjectKey(objectKey('default', 'run-1'))).toEqual({ namespace: 'default', name: 'run-1' });
  expect(() => parseObjectKey('run-1')).toThrow('is no object key');
});
