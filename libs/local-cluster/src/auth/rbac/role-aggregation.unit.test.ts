import { recordingLogger, settle } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import type { ApiObject } from '../../api-object.js';
import { createResourceRegistry } from '../../resources/registry.js';
import type { ObjectApi } from '../../rest/object-api.js';
import { resourceOf, setUp } from '../../rest/testing/set-up.js';
import { role } from '../testing/auth-store.js';
import { rulesOf } from './rbac-objects.js';
import { RoleAggregation } from './role-aggregation.js';

const CLUSTER_ROLE = resourceOf('ClusterRole');
const rule = (verb: string) => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] });
const labelled = (name: string, labels: Record<string, string>, verbs: readonly string[]): ApiObject => ({
  ...role(name, verbs.map(rule)),
  metadata: { name, labels },
});
const gathering = (name: string, label: string, labels: Record<string, string> = {}): ApiObject => ({
  ...role(name, []),
  metadata: { name, labels },
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'yes' } }] },
});

/** Aggregation that runs on the roles given; `through` may change how it writes. */
async function startWith(roles: readonly ApiObject[], through: (api: ObjectApi) => ObjectApi = (api) => api) {
  const { api, store, writing } = setUp();
  const registry = createResourceRegistry();
  registry.add(CLUSTER_ROLE);
  const { log, lines } = recordingLogger();
  const user = { name: 'self', groups: [] };
  const aggregation = new RoleAggregation({ api: through(api), store, registry, user, log });
  const put = async (object: ApiObject): Promise<void> => {
    await api.create(CLUSTER_ROLE, undefined, object, writing());
    await idle();
  };
  for (const one of roles) await put(one);
  await aggregation.start();
  await idle();
  return {
    ...{ api, store, writing, aggregation, lines, put },
    verbs: (name: string): unknown[] => rulesOf(api.get(CLUSTER_ROLE, { name })).map(({ verbs }) => verbs?.[0]),
    remove: async (name: string): Promise<void> => {
      await api.delete(CLUSTER_ROLE, { name }, {}, writing());
      await idle();
    },
  };
}

/** Until the writes that follow from each other are done. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settle();
}

it('writes at its start what roles gather, in its own name, and then nothing more', async () => {
  const { api, store, verbs, aggregation } = await startWith([
    gathering('all', 'to-all'),
    labelled('a', { 'to-all': 'yes' }, ['get']),
    labelled('b', {}, ['delete']),
  ]);
  expect(verbs('all')).toEqual(['get']);
  expect(api.get(CLUSTER_ROLE, { name: 'all' }).metadata.managedFields).toContainEqual(
    expect.objectContaining({ manager: 'clusterrole-aggregation-controller', operation: 'Apply' }),
  );
  expect(store.revision).toBe(4); // three roles, one write
  await aggregation.stop();
});

it('follows roles that come, change and go', async () => {
  const { api, verbs, put, remove, writing, aggregation } = await startWith([gathering('all', 'to-all')]);
  await put(labelled('a', { 'to-all': 'yes' }, ['get']));
  await put(labelled('b', { 'to-all': 'yes' }, ['list']));
  expect(verbs('all')).toEqual(['get', 'list']);
  const off = { type: 'merge', body: { metadata: { labels: { 'to-all': null } } } } as const;
  await api.patch(CLUSTER_ROLE, { name: 'a' }, off, writing());
  await idle();
  expect(verbs('all')).toEqual(['list']);
  await remove('b');
  expect(verbs('all')).toEqual([]);
  await aggregation.stop();
});

it('gathers from roles that gather themselves, until all have everything', async () => {
  const { verbs, put, aggregation } = await startWith([
    gathering('admin', 'to-admin'),
    gathering('edit', 'to-edit', { 'to-admin': 'yes' }),
    gathering('view', 'to-view', { 'to-edit': 'yes' }),
  ]);
  await put(labelled('pods', { 'to-view': 'yes' }, ['get']));
  expect(['view', 'edit', 'admin'].map(verbs)).toEqual([['get'], ['get'], ['get']]);
  await aggregation.stop();
});

it('puts back rules that another wrote', async () => {
  const { api, verbs, writing, aggregation } = await startWith([
    gathering('all', 'to-all'),
    labelled('a', { 'to-all': 'yes' }, ['get']),
  ]);
  await api.patch(CLUSTER_ROLE, { name: 'all' }, { type: 'merge', body: { rules: [rule('delete')] } }, writing());
  await idle();
  expect(verbs('all')).toEqual(['get']);
  await aggregation.stop();
});

it('says what it could not write, goes on with the others, and tries again at the next change', async () => {
  let fails = true;
  const { verbs, put, lines, aggregation } = await startWith(
    [gathering('one', 'to-all'), gathering('two', 'to-all'), labelled('a', { 'to-all': 'yes' }, ['get'])],
    (api) => ({
      ...api,
      patch: (resource, key, patch, parameters) => {
        if (fails && key.name === 'one') return Promise.reject(new Error('not now'));
        return api.patch(resource, key, patch, parameters);
      },
    }),
  );
  expect([verbs('one'), verbs('two')]).toEqual([[], ['get']]);
  expect(lines).toContainEqual(expect.objectContaining({ level: 40, role: 'one' }));
  fails = false;
  await put(labelled('b', {}, ['list']));
  expect(verbs('one')).toEqual(['get']);
  await aggregation.stop();
});

it('writes nothing once it has stopped', async () => {
  const { verbs, put, aggregation } = await startWith([gathering('all', 'to-all')]);
  await aggregation.stop();
  await put(labelled('a', { 'to-all': 'yes' }, ['get']));
  expect(verbs('all')).toEqual([]);
});
