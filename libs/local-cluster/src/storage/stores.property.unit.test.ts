import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { openDurableStore } from './durable-store.js';
import { createMemoryStore } from './memory-store.js';
import type { Change, RevisionStore } from './revision-store.js';

const folder = mkdtempSync(join(tmpdir(), 'stores-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HISTORY = 12;
const PREFIXES = ['/', '/core/configmaps/', '/core/configmaps/a/', '/apps/deployments/', '/core/none/'];

/** All revisions of all objects, as a store promises to show them. */
class Model {
  /** By revision; the first is the empty one. */
  readonly states: ReadonlyMap<string, string>[] = [new Map()];
  readonly events: string[] = [];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  carryOut(batch: readonly Write[], values: readonly string[]): void {
    for (const [index, { key, action }] of batch.entries()) {
      if (action === 'store') this.#change(key, values[index]);
      else if (action === 'remove' && this.states.at(-1)?.has(key)) this.#change(key, undefined);
    }
  }

  list(prefix: string, at: number): string[] {
    const entries = [...(this.states[at] ?? [])].filter(([key]) => key.startsWith(prefix));
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }

  eventsAfter(revision: number, prefix: string): string[] {
    return this.events.slice(revision).filter((event) => event.split(' ')[2]?.startsWith(prefix));
  }

  #change(key: string, value: string | undefined): void {
    const state = new Map(this.states.at(-1));
    const before = state.get(key);
    if (value === undefined) state.delete(key);
    else state.set(key, value);
    const type = value === undefined ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED';
    this.states.push(state);
    this.events.push(`${this.revision} ${type} ${key} ${String(before)} ${value ?? before ?? ''}`);
    this.compacted = Math.max(this.compacted, this.revision - HISTORY);
  }
}

const valueOf = (object: ApiObject | undefined): string => String(object?.['value']);
const lineOf = ({ revision, type, key, previous, object }: Change): string => {
  expect(object.metadata.resourceVersion).toBe(String(revision));
  return `${revision} ${type} ${key} ${valueOf(previous)} ${valueOf(object)}`;
};

const key = fc
  .tuple(fc.constantFrom('/core/configmaps/a/', '/core/configmaps/b/', '/apps/deployments/a/'), fc.nat(4))
  .map(([prefix, number]) => `${prefix}x${number}`);
const write = fc.record({ key, action: fc.constantFrom('store', 'store', 'store', 'remove', 'keep') });
type Write = typeof write extends fc.Arbitrary<infer W> ? W : never;
const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(write, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom('compact', 'reopen') },
);

let counter = 0;

/** Carries a batch out on a store; every result is what its decision says. */
async function carryOut(store: RevisionStore, batch: readonly Write[], values: readonly string[]): Promise<void> {
  await Promise.all(
    batch.map(async ({ key, action }, index) => {
      let before: ApiObject | undefined;
      const value = values[index] ?? '';
      const result = await store.update(key, (current) => {
        before = current;
        if (action !== 'store') return { action: action === 'remove' ? 'remove' : 'keep' };
        const name = key.split('/').at(-1) ?? '';
        return { action: 'store', object: { apiVersion: 'v1', kind: 'X', metadata: { name }, value } };
      });
      expect(valueOf(result)).toBe(action === 'store' ? value : valueOf(before));
      expect(store.revision).toBeGreaterThanOrEqual(Number(result?.metadata.resourceVersion ?? 0));
    }),
  );
}

/** Everything that can be read agrees with the model, or is refused where it is compacted away. */
function agree(store: RevisionStore, model: Model): void {
  expect([store.revision, store.compacted]).toEqual([model.revision, model.compacted]);
  for (const prefix of PREFIXES) {
    expect(store.list(prefix).map(valueOf)).toEqual(model.list(prefix, model.revision));
    for (let at = Math.max(0, model.compacted - 2); at <= model.revision; at++) {
      if (at < model.compacted) {
        expect(() => store.list(prefix, { at })).toThrow('too old');
        expect(() => store.watch(prefix, at, () => {})).toThrow('too old resource version');
        continue;
      }
      const told: string[] = [];
      store.watch(prefix, at, (change) => told.push(lineOf(change)))();
      expect(told).toEqual(model.eventsAfter(at, prefix));
      expect(store.list(prefix, { at }).map(valueOf)).toEqual(model.list(prefix, at));
    }
  }
}

it('both stores do what the model says, over restarts too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const file = join(folder, `${counter++}.db`);
      const memory = createMemoryStore({ history: HISTORY });
      let durable = openDurableStore({ file, history: HISTORY });
      const model = new Model();
      const live = { memory: [] as string[], durable: [] as string[] };
      memory.watch('/core/configmaps/', 0, (change) => live.memory.push(lineOf(change)));
      const follow = (from: number): unknown =>
        durable.watch('/core/configmaps/', from, (change) => live.durable.push(lineOf(change)));
      follow(0);
      for (const [number, step] of steps.entries()) {
        if (step === 'reopen') {
          await durable.close();
          durable = openDurableStore({ file, history: HISTORY });
          follow(durable.revision);
        } else if (step === 'compact') {
          model.compacted = Math.max(model.compacted, model.revision - 3);
          for (const store of [memory, durable]) store.compact(model.compacted);
        } else {
          const values = step.map((_, index) => `${number}.${index}`);
          await Promise.all([memory, durable].map((store) => carryOut(store, step, values)));
          model.carryOut(step, values);
        }
        agree(memory, model);
        agree(durable, model);
      }
      expect(live.memory).toEqual(model.eventsAfter(0, '/core/configmaps/'));
      expect(live.durable).toEqual(live.memory);
      await durable.close();
    }),
    { numRuns: 60 },
  );
}, 30_000);
