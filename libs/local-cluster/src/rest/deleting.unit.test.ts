import { describe, expect, it } from 'vitest';
import type { ApiWatchEvent } from './object-api.js';
import { configMap, inDefault, pod, refusal, resourceOf, setUp } from './testing/set-up.js';

const MAPS = resourceOf('ConfigMap');
const PODS = resourceOf('Pod');
const JOBS = resourceOf('Job');
const HELD = { finalizers: ['example.com/held'] };
const types = (events: readonly ApiWatchEvent[]): string[] => events.map(({ type }) => type);

describe('delete', () => {
  it('answers with what was stored last, at the deletion’s version', async () => {
    const { api, create, watch, writing } = setUp();
    const made = await create(configMap('a', { k: '1' }));
    const events = watch('ConfigMap');
    const { object, gone } = await api.delete(MAPS, inDefault('a'), {}, writing());
    expect(gone).toBe(true);
    expect(object).toEqual({ ...made, metadata: { ...made.metadata, resourceVersion: '2' } });
    expect(events).toEqual([{ type: 'DELETED', object }]);
    expect(await refusal(api.delete(MAPS, inDefault('a'), {}, writing()))).toBe(
      '404 NotFound: configmaps "a" not found',
    );
  });

  it('waits for finalizers; the update that takes the last one answers with itself', async () => {
    const { api, create, watch, writing } = setUp();
    await create(configMap('a', {}, HELD));
    const events = watch('ConfigMap');
    const { object, gone } = await api.delete(MAPS, inDefault('a'), {}, writing());
    expect(gone).toBe(false);
    expect(object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
    const again = await api.delete(MAPS, inDefault('a'), {}, writing());
    expect(again).toEqual({ object, gone: false });
    const body = { metadata: { finalizers: null }, data: { last: 'words' } };
    const released = await api.patch(MAPS, inDefault('a'), { type: 'merge', body }, writing());
    expect(released.object).toMatchObject({ metadata: { resourceVersion: '2' }, data: { last: 'words' } });
    expect(released.object.metadata.finalizers).toBeUndefined();
    expect(types(events)).toEqual(['MODIFIED', 'DELETED']);
    expect(events[1]?.object).toMatchObject({ metadata: { ...HELD, resourceVersion: '3' } });
  });

  it('a dry run tells and changes nothing', async () => {
    const { api, create, store, writing } = setUp();
    await create(configMap('a', {}, HELD));
    const { object } = await api.delete(MAPS, inDefault('a'), {}, writing({ dryRun: true }));
    expect(object.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(store.revision).toBe(1);
  });

  it('refuses another object than is meant', async () => {
    const { api, create, writing } = setUp();
    const { metadata } = await create(configMap('a'));
    const attempt = (preconditions: object) => refusal(api.delete(MAPS, inDefault('a'), { preconditions }, writing()));
    expect(await attempt({ uid: 'other' })).toBe(
      '409 Conflict: Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match ' +
        `the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
    expect(await attempt({ resourceVersion: '9' })).toBe(
      '409 Conflict: Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (9) does ' +
        'not match the ResourceVersion in record (1). The object might have been modified',
    );
    expect(await attempt({ uid: metadata.uid, resourceVersion: '1' })).toBe('not refused');
  });

  it('turns propagation into finalizers of the garbage collector', async () => {
    const { api, create, writing, warnings } = setUp();
    const job = (name: string) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'i' }] } } },
    });
    const finalizersAfter = async (name: string, options: object): Promise<unknown> => {
      await create(job(name));
      const { object, gone } = await api.delete(JOBS, inDefault(name), options, writing());
      return gone ? 'gone' : object.metadata.finalizers;
    };
    expect(await finalizersAfter('a', { propagationPolicy: 'Background' })).toBe('gone');
    expect(await finalizersAfter('b', { propagationPolicy: 'Foreground' })).toEqual(['foregroundDeletion']);
    expect(await finalizersAfter('c', { orphanDependents: false })).toBe('gone');
    expect(warnings).toEqual([]);
    expect(await finalizersAfter('d', {})).toEqual(['orphan']);
    expect(warnings).toEqual([
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or ' +
        'set propagationPolicy=Orphan to suppress this warning',
    ]);
  });

  it('deletes a whole collection, or what is selected of it', async () => {
    const { api, create, writing } = setUp();
    for (const name of ['a', 'b', 'c']) await create(configMap(name, {}, { labels: { app: name } }));
    const selected = { namespace: 'default', labelSelector: 'app!=b' };
    const deleted = await api.deleteCollection(MAPS, selected, {}, writing());
    expect(deleted.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
    expect(api.list(MAPS, { namespace: 'default' }).items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });
});

describe('a Namespace', () => {
  it('stays, marked, until it is finalized', async () => {
    const { api, store, writing } = setUp();
    const NAMESPACES = resourceOf('Namespace');
    const name = { name: 'n' };
    await api.create(NAMESPACES, undefined, { metadata: name }, writing());
    const deleted = await api.delete(NAMESPACES, name, {}, writing());
    expect(deleted).toMatchObject({
      gone: false,
      object: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Terminating' } },
    });
    expect(await api.delete(NAMESPACES, name, {}, writing())).toEqual(deleted);
    const { object } = await api.patch(NAMESPACES, name, { type: 'merge', body: { spec: null } }, writing());
    expect(object['spec']).toEqual({ finalizers: ['kubernetes'] });
    await api.writeRaw(NAMESPACES, name, (namespace) => ({ ...namespace, spec: {} }));
    expect(store.list('/core/namespaces/')).toEqual([]);
  });
});

describe('a Pod’s grace', () => {
  it('can only be shortened, and ends with nothing', async () => {
    const { api, clock, create, watch, writing } = setUp();
    await create(pod('p', { nodeName: 'n', terminationGracePeriodSeconds: 20 }));
    const events = watch('Pod');
    const remove = async (gracePeriodSeconds?: number): Promise<unknown[]> => {
      const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
      const { object, gone } = await api.delete(PODS, inDefault('p'), options, writing());
      const { deletionTimestamp, deletionGracePeriodSeconds, generation } = object.metadata;
      return [deletionTimestamp?.slice(11), deletionGracePeriodSeconds, generation, gone];
    };
    expect(await remove()).toEqual(['00:00:20Z', 20, 2, false]);
    expect(await remove(30)).toEqual(['00:00:20Z', 20, 2, false]);
    expect(await remove(5)).toEqual(['00:00:05Z', 5, 2, false]);
    await clock.advance(10_000);
    expect(await remove(3)).toEqual(['00:00:10Z', 1, 2, false]);
    expect(await remove(0)).toEqual(['00:00:10Z', 0, 2, true]);
    expect(types(events)).toEqual(['MODIFIED', 'MODIFIED', 'MODIFIED', 'MODIFIED', 'DELETED']);
  });

  it('is none before it has a node: it is marked, then gone', async () => {
    const { api, create, watch, writing } = setUp();
    await create(pod('p'));
    const events = watch('Pod');
    const { object, gone } = await api.delete(PODS, inDefault('p'), {}, writing());
    expect([gone, object.metadata.deletionGracePeriodSeconds, object.metadata.resourceVersion]).toEqual([true, 0, '3']);
    expect(types(events)).toEqual(['MODIFIED', 'DELETED']);
  });
});
