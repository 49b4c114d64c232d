import { describe, expect, it } from 'vitest';
import type { ApiWatchEvent, ListParameters } from './object-api.js';
import { configMap, inDefault, refusal, resourceOf, setUp } from './testing/set-up.js';

const MAPS = resourceOf('ConfigMap');
const here = (more: Partial<ListParameters> = {}): ListParameters => ({ namespace: 'default', ...more });
const names = (items: readonly { metadata: { name: string } }[]): string[] =>
  items.map(({ metadata }) => metadata.name);

async function withThree() {
  const objects = setUp();
  for (const name of ['a', 'b', 'c']) await objects.create(configMap(name, {}, { labels: { app: name } }));
  return objects;
}

describe('list', () => {
  it('gives pages of what there was when the first one was asked for', async () => {
    const { api, create, writing } = await withThree();
    const first = api.list(MAPS, here({ limit: 2 }));
    expect([names(first.items), first.resourceVersion, first.remainingItemCount]).toEqual([['a', 'b'], '3', 1]);
    await api.delete(MAPS, inDefault('c'), {}, writing());
    await create(configMap('d'));
    const second = api.list(MAPS, here({ limit: 2, continue: first.continue ?? '' }));
    expect([names(second.items), second.resourceVersion, second.continue]).toEqual([['c'], '3', undefined]);
    expect(names(api.list(MAPS, here()).items)).toEqual(['a', 'b', 'd']);
  });

  it('counts what remains only where nothing is selected', async () => {
    const { api } = await withThree();
    const { items, remainingItemCount, continue: token } = api.list(MAPS, here({ limit: 1, labelSelector: 'app!=a' }));
    expect([names(items), remainingItemCount, token === undefined]).toEqual([['b'], undefined, false]);
  });

  it('tells how to go on where the pages’ version is forgotten', async () => {
    const { api, create, store } = await withThree();
    const { continue: token = '' } = api.list(MAPS, here({ limit: 1 }));
    await create(configMap('d'));
    store.compact(store.revision);
    const lost = (() => {
      try {
        return api.list(MAPS, here({ limit: 5, continue: token }));
      } catch (error) {
        return error as { code: number; metadata: { continue?: string } };
      }
    })();
    expect(lost).toMatchObject({ code: 410, reason: 'Expired' });
    const { metadata } = lost as { metadata: { continue: string } };
    expect(names(api.list(MAPS, here({ continue: metadata.continue })).items)).toEqual(['b', 'c', 'd']);
  });

  it.each([
    [
      { continue: 'bogus' },
      '400 BadRequest: invalid continue token: continue key is not valid: illegal base64 data at input byte 4',
    ],
    [
      { resourceVersion: 'bogus' },
      '400 BadRequest: invalid resource version: resourceVersion: Invalid value: "bogus": strconv.ParseUint: parsing "bogus": invalid syntax',
    ],
    [{ resourceVersion: '9' }, '504 Timeout: Timeout: Too large resource version: 9, current: 3'],
    [
      { resourceVersionMatch: 'Exact' },
      '422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
  ])('refuses %j', async (parameters, message) => {
    const { api } = await withThree();
    expect(await refusal(() => api.list(MAPS, here(parameters)))).toBe(message);
  });

  it('of an exact version shows what there was', async () => {
    const { api } = await withThree();
    const { items } = api.list(MAPS, here({ resourceVersion: '2', resourceVersionMatch: 'Exact' }));
    expect(names(items)).toEqual(['a', 'b']);
  });
});

describe('watch', () => {
  const told = (events: readonly ApiWatchEvent[]): string[] =>
    events.map(
      ({ type, object }) => `${type} ${(object as { metadata: { resourceVersion: string } }).metadata.resourceVersion}`,
    );

  it('tells what enters and leaves a selection', async () => {
    const { api, create, watch, writing } = setUp();
    await create(configMap('first'));
    const events = watch('ConfigMap', { resourceVersion: '1', labelSelector: 'app=x' });
    await create(configMap('a', {}, { labels: { app: 'x' } }));
    const patch = (body: object) => api.patch(MAPS, inDefault('a'), { type: 'merge', body }, writing());
    await patch({ data: { k: '1' } });
    await patch({ metadata: { labels: { app: 'y' } } });
    await patch({ data: { k: '2' } });
    await patch({ metadata: { labels: { app: 'x' } } });
    await api.delete(MAPS, inDefault('a'), {}, writing());
    expect(told(events)).toEqual(['ADDED 2', 'MODIFIED 3', 'DELETED 4', 'ADDED 6', 'DELETED 7']);
    expect(events[2]?.object).toMatchObject({ metadata: { labels: { app: 'x' } }, data: { k: '1' } });
  });

  it('begins with what there is, and a bookmark if it is asked for', async () => {
    const { watch } = await withThree();
    expect(told(watch('ConfigMap', {}))).toEqual(['ADDED 1', 'ADDED 2', 'ADDED 3']);
    const events = watch('ConfigMap', { allowWatchBookmarks: true, labelSelector: 'app=b' });
    expect(told(events)).toEqual(['ADDED 2', 'BOOKMARK 3']);
    expect(events[1]?.object).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { resourceVersion: '3', annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
  });

  it('refuses versions that are forgotten or none, and what there is at one to come', async () => {
    const { store, watch } = await withThree();
    store.compact(2);
    const from = (resourceVersion: string) => refusal(() => watch('ConfigMap', { resourceVersion }));
    expect(await from('1')).toBe('410 Expired: too old resource version: 1 (2)');
    expect(await from('bogus')).toBe(
      '500 : resourceVersion: Invalid value: "bogus": strconv.ParseUint: parsing "bogus": invalid syntax',
    );
    expect(await from('2')).toBe('not refused');
    const later = { resourceVersion: '9', sendInitialEvents: true };
    expect(await refusal(() => watch('ConfigMap', later))).toBe(
      '504 Timeout: Timeout: Too large resource version: 9, current: 3',
    );
  });

  it('begins where it is told to: with what there is, from now on, or at a version to come', async () => {
    const { create, watch } = await withThree();
    const initial = watch('ConfigMap', { resourceVersion: '2', sendInitialEvents: true });
    const fromNow = watch('ConfigMap', { sendInitialEvents: false });
    const later = watch('ConfigMap', { resourceVersion: '4' });
    await create(configMap('d'));
    await create(configMap('e'));
    expect(told(initial)).toEqual(['ADDED 1', 'ADDED 2', 'ADDED 3', 'ADDED 4', 'ADDED 5']);
    expect(told(fromNow)).toEqual(['ADDED 4', 'ADDED 5']);
    expect(told(later)).toEqual(['ADDED 5']);
  });
});

describe('a resource of several versions', () => {
  it('has one store of objects, and each request’s version in its answers', async () => {
    const { api, create, watch } = setUp();
    await create(configMap('a'));
    const newer = { ...MAPS, version: 'v2' };
    const events: ApiWatchEvent[] = [];
    api.watch(newer, here(), (event) => void events.push(event));
    const answers = [api.get(newer, inDefault('a')), ...api.list(newer, here()).items, events[0]?.object];
    expect(answers).toEqual(Array(3).fill(expect.objectContaining({ apiVersion: 'v2', kind: 'ConfigMap' })));
    expect(watch('ConfigMap', {})[0]?.object).toMatchObject({ apiVersion: 'v1' });
  });
});
