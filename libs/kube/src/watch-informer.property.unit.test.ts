import type { Kind, KubeObject } from '@sympozium/api';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KubeError } from './error.js';
import { FakeKubeClient, type Fate, type Verb } from './testing/index.js';
import { createInformer } from './watch-informer.js';

const WIDGET: Kind = { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: true };
const MINUTE = 60_000;
const ERRORS = [
  new KubeError(0, 'Unreachable', 'the connection broke off'),
  new KubeError(410, 'Expired', 'too old resource version'),
  new KubeError(429, 'TooManyRequests', 'later', { retryAfterMs: 3_000 }),
  new KubeError(500, 'InternalError', 'etcd is away'),
];

const name = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('create', 'change', 'delete', 'recreate'), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('freeze', 'thaw', 'expire', 'release', 'end', 'pass') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('break'), error: fc.constantFrom(...ERRORS) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('tamper'), fate: fc.constantFrom('drop', 'duplicate', 'delay') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fail'),
      verb: fc.constantFrom('list', 'watch'),
      error: fc.constantFrom(...ERRORS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 0, max: 200_000 }) }) },
);

interface Step {
  readonly do: string;
  readonly name?: string;
  readonly error?: KubeError;
  readonly fate?: Fate;
  readonly verb?: Verb;
  readonly ms?: number;
}

class World {
  readonly clock = new FakeClock();
  readonly client = new FakeKubeClient({ clock: this.clock, random: seededRandom(3) });
  readonly informer = createInformer(
    { client: this.client, clock: this.clock, random: seededRandom(4), log: silentLogger() },
    { kind: WIDGET, pageSize: 2 },
  );
  /** What a listener believes there is, told by events alone. */
  readonly told = new Map<string, KubeObject>();
  readonly #random = seededRandom(5);
  #size = 0;

  constructor() {
    this.informer.onEvent(({ type, object, old }) => {
      const known = this.told.get(object.metadata.name);
      expect(old?.metadata.uid).toBe(known?.metadata.uid);
      expect(type === 'added').toBe(known === undefined);
      if (type === 'modified') expect(object.metadata.uid).toBe(known?.metadata.uid);
      if (type === 'deleted') this.told.delete(object.metadata.name);
      else this.told.set(object.metadata.name, object);
    });
  }

  async take(next: Step): Promise<void> {
    const { watches, server } = this.client;
    const actions: Record<string, () => unknown> = {
      create: () => this.#make(next.name),
      change: () => this.#change(next.name),
      delete: () => this.client.delete(WIDGET, this.#key(next.name)).catch(() => {}),
      recreate: () => this.#recreate(next.name),
      freeze: () => watches.freeze(),
      thaw: () => watches.thaw(),
      expire: () => server.expireHistory(),
      release: () => watches.releaseDelayed(),
      end: () => watches.break(),
      pass: () => watches.tamper(() => 'pass'),
      break: () => watches.break(next.error),
      tamper: () => watches.tamper(() => (this.#random.float() < 0.4 ? (next.fate ?? 'pass') : 'pass')),
      fail: () => this.client.fail((call) => call.verb === next.verb, next.error ?? new Error('fault')),
      wait: () => this.clock.advance(next.ms ?? 0),
    };
    await actions[next.do]?.();
    await settle();
    this.expectEventsToTellTheStore();
  }

  expectEventsToTellTheStore(): void {
    const stored = this.informer.store.list();
    expect(new Map(stored.map((object) => [object.metadata.name, object]))).toEqual(this.told);
  }

  async heal(): Promise<void> {
    const { watches } = this.client;
    watches.tamper(() => 'pass');
    watches.releaseDelayed();
    watches.thaw();
    await this.clock.advance(75 * MINUTE);
  }

  #key = (of = 'a') => ({ namespace: 'default', name: of });

  #make(of: string | undefined): Promise<unknown> {
    const object = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: this.#key(of),
      spec: { size: this.#size++ },
    };
    return this.client.create(WIDGET, object).catch(() => {}); // it is there already
  }

  #change(of: string | undefined): Promise<unknown> {
    const body = { spec: { size: this.#size++ } };
    return this.client.patch(WIDGET, this.#key(of), { type: 'merge', body }).catch(() => {}); // it is not there
  }

  async #recreate(of: string | undefined): Promise<void> {
    await this.client.delete(WIDGET, this.#key(of)).catch(() => {});
    await this.#make(of);
  }
}

it('after any faults the store converges to the server’s state, and events always tell the store', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const world = new World();
      world.informer.start().catch(() => {});
      for (const next of steps) await world.take(next as Step);
      await world.heal();
      world.expectEventsToTellTheStore();
      const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);
      expect([...world.informer.store.list()].sort(byName)).toEqual(world.client.server.objects(WIDGET));
      await world.informer.stop();
      expect([world.client.watches.count(), world.clock.waiting]).toEqual([0, 0]);
    }),
    { numRuns: 150, seed: 20_261_124 },
  );
}, 30_000);
