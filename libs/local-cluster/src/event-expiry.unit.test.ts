import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApiObject } from './api-object.js';
import { EventExpiry } from './event-expiry.js';
import { timeOf } from './rest/times.js';
import { createMemoryStore, type RevisionStore } from './storage/index.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: FakeClock;
let store: RevisionStore;
let running: EventExpiry[];

beforeEach(() => {
  clock = new FakeClock();
  store = createMemoryStore();
  running = [];
});
afterEach(async () => {
  for (const expiry of running) await expiry.stop();
  expect(clock.waiting).toBe(0);
});

async function start(): Promise<EventExpiry> {
  const expiry = new EventExpiry({ store, clock, random: seededRandom(1), log: silentLogger() });
  running.push(expiry);
  await expiry.start();
  return expiry;
}

const keyOf = (name: string, plural = 'events'): string => `/core/${plural}/default/${name}`;
const names = (plural = 'events'): string[] => store.list(`/core/${plural}/`).map(({ metadata }) => metadata.name);

/** Writes an object now, as the API does. */
function write(name: string, metadata: object = {}, plural?: string): Promise<ApiObject | undefined> {
  const now = timeOf(clock.now());
  return store.update(keyOf(name, plural), (current) => ({
    action: 'store',
    object: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        ...{ name, namespace: 'default', creationTimestamp: current?.metadata.creationTimestamp ?? now },
        ...{ managedFields: [{ manager: 'm', operation: 'Update', time: now }], ...metadata },
      },
    } as ApiObject,
  }));
}

it('an Event goes within a minute after its hour, finalizers or not, and watches are told', async () => {
  await start();
  await write('e', { finalizers: ['example.com/held'] });
  await write('c', {}, 'configmaps');
  const told: string[] = [];
  store.watch('/core/events/', store.revision, ({ type, object, revision }) => {
    told.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion === String(revision)}`);
  });
  await clock.advance(HOUR - 1);
  expect(names()).toEqual(['e']);
  await clock.advance(MINUTE + 1);
  expect({ told, left: [...names(), ...names('configmaps')] }).toEqual({ told: ['DELETED e true'], left: ['c'] });
});

it('an Event that is written again has another hour', async () => {
  await start();
  await write('e');
  await clock.advance(50 * MINUTE);
  await write('e');
  await clock.advance(HOUR - 1);
  expect(names()).toEqual(['e']);
  await clock.advance(MINUTE + 1);
  expect(names()).toEqual([]);
});

it('one that is written in the moment of its end stays', async () => {
  await start();
  await write('e');
  await clock.advance(HOUR + MINUTE - 1);
  const again = write('e'); // not committed yet when the sweep looks
  await clock.advance(1);
  await again;
  expect(names()).toEqual(['e']);
});

it('the hour goes on in a next life, which begins with other things', async () => {
  const first = await start();
  await write('old');
  await clock.advance(30 * MINUTE);
  await write('new');
  await first.stop();
  await clock.advance(35 * MINUTE);
  await start();
  await clock.advance(MINUTE - 1);
  expect(names()).toEqual(['new', 'old']);
  await clock.advance(1);
  expect(names()).toEqual(['new']);
  await clock.advance(25 * MINUTE);
  expect(names()).toEqual([]);
});

it('many go in few commits, and nothing waits when nothing is there', async () => {
  await start();
  await Promise.all(Array.from({ length: 1_200 }, (_, index) => write(`e${index}`)));
  let commits = 0;
  store.onCommit(() => (commits += 1));
  await clock.advance(HOUR + MINUTE);
  for (let turn = 0; turn < 10; turn += 1) await settle();
  expect({ left: names(), commits, waiting: clock.waiting }).toEqual({ left: [], commits: 3, waiting: 0 });
});

it('an Event that could not be removed is tried again', async () => {
  await start();
  await write('e');
  const { update } = store;
  store.update = () => Promise.reject(new Error('the disk is full'));
  await clock.advance(HOUR + MINUTE);
  expect(names()).toEqual(['e']);
  store.update = update.bind(store);
  await clock.advance(MINUTE);
  expect(names()).toEqual([]);
});
