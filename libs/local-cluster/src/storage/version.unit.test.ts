import { describe, expect, it, vi } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { noJournal, type Entry, type Journal } from './journal.js';
import { JournaledStore } from './journaled-store.js';
import type { RevisionStore } from './revision-store.js';

const keyOf = (name: string): string => `/core/configmaps/default/${name}`;
const objectOf = (revision: number): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', resourceVersion: String(revision) },
  data: { written: revision },
});
const put = (store: RevisionStore, name: string): Promise<ApiObject | undefined> =>
  store.update(keyOf(name), () => ({ action: 'store', object: objectOf(0) }));

/** A journal that tells which revisions it was asked for. */
function journalWith(entries: readonly Entry[], compacted = 0): { journal: Journal; asked: () => number[] } {
  const read = vi.fn<(revision: number) => ApiObject>(objectOf);
  const journal = { ...noJournal, isVolatile: false, compacted, entries: () => entries, read };
  return {
    journal,
    asked: () => {
      const revisions = read.mock.calls.map(([revision]) => revision);
      read.mockClear();
      return revisions;
    },
  };
}

const entry = (revision: number, name: string, isDeletion = false): Entry => ({
  revision,
  key: keyOf(name),
  isDeletion,
});

describe('a store that takes up what is there', () => {
  const left = [entry(1, 'a'), entry(3, 'b'), entry(4, 'a'), entry(5, 'a'), entry(6, 'b', true)];

  it('reads no object before somebody asks for it, and the newest of a key once', () => {
    const { journal, asked } = journalWith(left, 3);
    const store = new JournaledStore(journal);
    expect([store.revision, store.compacted, asked()]).toEqual([6, 3, []]);
    const found = store.get(keyOf('a'));
    expect(found).toEqual(objectOf(5));
    expect(() => Object.assign(found?.['data'] as object, { written: 0 })).toThrow(TypeError);
    expect([store.get(keyOf('a')), store.get(keyOf('b'))]).toEqual([found, undefined]);
    expect(store.list('/')).toEqual([found]);
    expect(asked()).toEqual([5]);
  });

  it('reads for a watch, or a list of an earlier time, what these are about', () => {
    const { journal, asked } = journalWith(left, 3);
    const store = new JournaledStore(journal);
    const told: unknown[] = [];
    const watch = (prefix: string): void => {
      const tell = ({
        type,
        revision,
        object,
        previous,
      }: Parameters<Parameters<RevisionStore['watch']>[2]>[0]): unknown =>
        told.push([type, revision, object.metadata.resourceVersion, object['data'], previous]);
      store.watch(prefix, 4, tell)();
    };
    watch('/core/secrets/');
    expect([told, asked()]).toEqual([[], []]);
    watch('/core/configmaps/');
    expect(told).toEqual([
      ['MODIFIED', 5, '5', { written: 5 }, objectOf(4)],
      ['DELETED', 6, '6', { written: 3 }, objectOf(3)],
    ]);
    expect(store.list('/', { at: 4 })).toEqual([objectOf(4), objectOf(3)]);
  });

  it('refuses the deletion of what was never there', () => {
    const { journal } = journalWith([entry(1, 'a', true)]);
    expect(() => new JournaledStore(journal)).toThrow('nothing is under /core/configmaps/default/a');
  });
});

describe('a store of many changes', () => {
  const write = async (store: RevisionStore, count: number): Promise<void> => {
    await Promise.all(Array.from({ length: count }, () => put(store, 'a')));
  };

  it('holds in memory the newest objects and what the last 1,000 changes replaced', async () => {
    const { journal, asked } = journalWith([]);
    const store = new JournaledStore(journal);
    await put(store, 'b');
    await write(store, 1_100);
    store.watch('/', 101, () => {})();
    expect([store.get(keyOf('b'))?.metadata.resourceVersion, asked()]).toEqual(['1', []]);
    const told: number[] = [];
    store.watch('/', 99, ({ revision, object, previous }) => {
      told.push(revision);
      expect([object, previous].map((one) => one?.metadata.resourceVersion)).toEqual([
        `${revision}`,
        `${revision - 1}`,
      ]);
    })();
    expect(told).toEqual(Array.from({ length: 1_002 }, (_, index) => 100 + index));
    expect(asked()).toEqual([99, 100, 100]); // as the one before, and as the one after
  });

  it('holds all of them where nothing can be read again', async () => {
    const store = new JournaledStore(noJournal);
    await write(store, 1_100);
    let count = 0;
    store.watch('/', 0, () => (count += 1));
    expect(count).toBe(1_100);
  });
});
