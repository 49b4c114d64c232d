import { describe, expect, it, vi } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { createMemoryStore } from './memory-store.js';
import { noJournal } from './journal.js';
import { JournaledStore } from './journaled-store.js';
import type { Change, Decision, RevisionStore } from './revision-store.js';

const object = (name: string, value = 0): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});
const storing =
  (name: string, value = 0) =>
  (): Decision => ({ action: 'store', object: object(name, value) });
const remove = (): Decision => ({ action: 'remove' });
const keep = (): Decision => ({ action: 'keep' });
const PREFIX = '/core/configmaps/default/';
const keyOf = (name: string): string => `${PREFIX}${name}`;
const put = (store: RevisionStore, name: string, value = 0): Promise<ApiObject | undefined> =>
  store.update(keyOf(name), storing(name, value));
const told = (store: RevisionStore, from = store.revision, prefix = PREFIX): string[] => {
  const lines: string[] = [];
  store.watch(prefix, from, ({ type, key, revision }) => lines.push(`${type} ${key.slice(PREFIX.length)} ${revision}`));
  return lines;
};

describe('a store', () => {
  it('gives each change the next revision, which the object carries', async () => {
    const store = createMemoryStore();
    expect(store.revision).toBe(0);
    const [a, b] = await Promise.all([put(store, 'a'), put(store, 'b')]);
    expect([a?.metadata.resourceVersion, b?.metadata.resourceVersion, store.revision]).toEqual(['1', '2', 2]);
    expect(store.get(keyOf('a'))).toBe(a);
    expect(store.list(PREFIX)).toEqual([a, b]);
  });

  it('freezes what it stores in depth', async () => {
    const stored = await put(createMemoryStore(), 'a');
    expect(() => Object.assign(stored?.['data'] as object, { value: 2 })).toThrow(TypeError);
    expect(() => Object.assign(stored?.metadata ?? {}, { name: 'b' })).toThrow(TypeError);
  });

  it('decides on the newest state, and shows readers only what is committed', async () => {
    const store = createMemoryStore();
    const first = put(store, 'a', 1);
    let seen: ApiObject | undefined;
    const second = store.update(keyOf('a'), (current) => {
      seen = current;
      return { action: 'store', object: object('a', 2) };
    });
    expect(seen?.['data']).toEqual({ value: 1 });
    expect([store.get(keyOf('a')), store.list(PREFIX), store.revision]).toEqual([undefined, [], 0]);
    await Promise.all([first, second]);
    expect(store.get(keyOf('a'))?.['data']).toEqual({ value: 2 });
  });

  it('keeps an object only when what was read is committed', async () => {
    const store = createMemoryStore();
    const order: string[] = [];
    const writing = put(store, 'a').then(() => order.push('stored'));
    const keeping = store.update(keyOf('a'), keep).then((kept) => {
      order.push('kept');
      expect(kept).toBe(store.get(keyOf('a')));
    });
    await Promise.all([writing, keeping]);
    expect(order).toEqual(['stored', 'kept']);
    expect(store.revision).toBe(1);
  });

  it('tells watchers of a deletion what was stored last, and the caller what it decided', async () => {
    const store = createMemoryStore();
    const before = await put(store, 'a', 1);
    const changes: Change[] = [];
    store.watch(PREFIX, 1, (change) => changes.push(change));
    const removed = await store.update(keyOf('a'), () => ({ action: 'remove', object: object('a', 2) }));
    expect(removed?.['data']).toEqual({ value: 2 });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      type: 'DELETED',
      revision: 2,
      object: { metadata: { resourceVersion: '2' }, data: { value: 1 } },
    });
    expect(changes[0]?.previous).toBe(before);
    await put(store, 'b');
    const last = await store.update(keyOf('b'), remove);
    expect(last?.metadata.resourceVersion).toBe('4');
  });

  it('takes the removal of what is not there for nothing', async () => {
    const store = createMemoryStore();
    expect(await store.update(keyOf('a'), remove)).toBeUndefined();
    expect(store.revision).toBe(0);
  });

  it('rejects with what the decision throws, and goes on', async () => {
    const store = createMemoryStore();
    const refused = store.update(keyOf('a'), () => {
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    await put(store, 'a');
    expect(store.revision).toBe(1);
  });

  it('begins a watch with what happened since, and ends it at once', async () => {
    const store = createMemoryStore();
    await put(store, 'a');
    await put(store, 'b');
    const lines: string[] = [];
    const end = store.watch(PREFIX, 1, ({ key }) => lines.push(key));
    expect(lines).toEqual([keyOf('b')]);
    await put(store, 'c');
    end();
    await put(store, 'd');
    expect(lines).toEqual([keyOf('b'), keyOf('c')]);
  });

  it('tells each watcher each change once, also one that another’s listener opens', async () => {
    const store = createMemoryStore();
    let late: string[] | undefined;
    store.watch(PREFIX, 0, () => {
      late ??= told(store, 0);
    });
    const all = told(store);
    const others = told(store, 0, '/core/configmaps/elsewhere/');
    const kinds = told(store, 0, '/core/configmaps/');
    await Promise.all([put(store, 'a'), put(store, 'b')]);
    expect(all).toEqual(['ADDED a 1', 'ADDED b 2']);
    expect(late).toEqual(all);
    expect(kinds).toEqual(all);
    expect(others).toEqual([]);
  });

  it('forgets what exceeds its history', async () => {
    const store = createMemoryStore({ history: 2 });
    for (const name of ['a', 'b', 'c']) await put(store, name);
    expect(store.compacted).toBe(1);
    expect(told(store, 1)).toEqual(['ADDED b 2', 'ADDED c 3']);
    expect(() => store.watch(PREFIX, 0, () => {})).toThrow('too old resource version: 0 (1)');
    expect(() => store.list(PREFIX, { at: 0 })).toThrow('The resourceVersion for the provided list is too old.');
    expect(store.list(PREFIX, { at: 2 }).map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    store.compact(3);
    expect(() => store.list(PREFIX, { at: 2 })).toThrow('too old');
    expect(store.list(PREFIX)).toHaveLength(3);
  });

  it('commits what is pending when it closes, and takes nothing more', async () => {
    const store = createMemoryStore();
    const pending = put(store, 'a');
    await store.close();
    expect((await pending)?.metadata.resourceVersion).toBe('1');
    await expect(put(store, 'b')).rejects.toMatchObject({ code: 503 });
    await store.close();
  });
});

describe('a store whose journal fails', () => {
  it('rejects the whole batch, shows nothing of it, and gives its revisions to the next', async () => {
    const append = vi.fn<(changes: readonly Change[]) => void>();
    const store = new JournaledStore({ ...noJournal, append });
    await put(store, 'a', 1);
    append.mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    const lines = told(store);
    const results = await Promise.allSettled([
      put(store, 'a', 2),
      put(store, 'b'),
      store.update(keyOf('a'), keep),
      store.update(keyOf('a'), remove),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    await expect(Promise.reject((results[0] as PromiseRejectedResult).reason as Error)).rejects.toMatchObject({
      code: 500,
      message: 'Internal error occurred: the change could not be stored: disk full',
      cause: { message: 'disk full' },
    });
    expect([store.revision, store.get(keyOf('a'))?.['data']]).toEqual([1, { value: 1 }]);
    expect(lines).toEqual([]);
    await put(store, 'c');
    expect(lines).toEqual(['ADDED c 2']);
  });
});
