import { FakeClock, seededRandom, silentLogger } from '@sympozium/process/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import type { Resource, ResourceRegistry } from '../resources/resource.js';
import type { ObjectApi } from '../rest/object-api.js';
import { createMemoryStore } from '../storage/index.js';
import type { RevisionStore } from '../storage/index.js';
import { createCrdAdmission } from './crd-admission.js';
import { CrdController } from './crd-controller.js';
import { asCrd } from './crd.js';
import type { Crd, CrdNames } from './crd.js';
import { crdStrategy } from './crd-strategy.js';

const GROUP = 'b.example.com';
const CRDS = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' } as Resource;

function registryOf(...first: Resource[]): ResourceRegistry {
  let all = [...first];
  const find = (group: string, version: string, match: (resource: Resource) => boolean): Resource | undefined =>
    all.find((resource) => resource.group === group && resource.version === version && match(resource));
  return {
    find: (group, version, plural) => find(group, version, (resource) => resource.plural === plural),
    findKind: (group, version, kind) => find(group, version, (resource) => resource.kind === kind),
    all: () => all,
    add: (resource) => void all.push(resource),
    remove: (resource) => void (all = all.filter((one) => one !== resource)),
    onChange: () => () => undefined,
  };
}

/** What the controller uses of the API: status updates with optimistic locking, and the deletion of collections. */
const apiOver = (store: RevisionStore): Pick<ObjectApi, 'update' | 'deleteCollection'> => ({
  update: async (_resource, { name }, body) => {
    const next = body as ApiObject;
    const object = await store.update(`/apiextensions.k8s.io/customresourcedefinitions//${name}`, (live) => {
      if (live?.metadata.resourceVersion !== next.metadata.resourceVersion)
        throw Object.assign(new Error('conflict'), { code: 409 });
      const isOver = next.metadata.deletionTimestamp !== undefined && !next.metadata.finalizers?.length;
      return isOver ? { action: 'remove', object: next } : { action: 'store', object: next };
    });
    return { object: object ?? next, created: false };
  },
  deleteCollection: async ({ group, plural }, { namespace = '' }) => {
    for (const { metadata } of store.list(`/${group}/${plural}/${namespace}/`))
      if (!metadata.finalizers?.length)
        await store.update(`/${group}/${plural}/${namespace}/${metadata.name}`, () => ({ action: 'remove' }));
    return { items: [], resourceVersion: '' };
  },
});

function crd(plural: string, names: Partial<CrdNames> = {}): Crd {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1);
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}`, uid: plural },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural, kind, ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  } as unknown as ApiObject;
  crdStrategy.default?.(object);
  crdStrategy.prepareForCreate?.(object, { clock: new FakeClock(), random: seededRandom(1) });
  return asCrd(object);
}

function setUp() {
  const clock = new FakeClock();
  const store = createMemoryStore();
  const registry = registryOf(CRDS);
  const api = apiOver(store) as ObjectApi;
  const controller = new CrdController({ store, registry, api, clock, random: seededRandom(1), log: silentLogger() });
  /** Commits, events and reconciles follow each other; none of them waits for time to pass. */
  const settled = async (): Promise<void> => {
    for (let before = -1; before !== store.revision;) {
      before = store.revision;
      await clock.advance(0);
      await clock.advance(0);
    }
  };
  const key = (plural: string): string => `/apiextensions.k8s.io/customresourcedefinitions//${plural}.${GROUP}`;
  const put = async (object: Crd): Promise<void> => {
    const { name } = object.metadata;
    await store.update(`/apiextensions.k8s.io/customresourcedefinitions//${name}`, () => ({ action: 'store', object }));
    await settled();
  };
  const get = (plural: string): Crd | undefined => {
    const object = store.get(key(plural));
    return object && asCrd(object);
  };
  const remove = async (plural: string): Promise<void> => {
    await store.update(key(plural), (live) => {
      const object = structuredClone(live) ?? crd(plural);
      crdStrategy.markForDeletion?.(object, { clock, random: seededRandom(1) });
      return { action: 'store', object };
    });
    await settled();
  };
  return { clock, store, registry, controller, put, get, remove };
}

const conditions = (of: Crd | undefined): string[] =>
  (of?.status?.conditions ?? []).map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

const ACCEPTED = 'NamesAccepted=True NoConflicts: no conflicts found';
const ESTABLISHED = 'Established=True InitialNamesAccepted: the initial names have been accepted';

describe('CrdController', () => {
  let running: CrdController | undefined;
  afterEach(async () => running?.stop());

  async function started() {
    const world = setUp();
    running = world.controller;
    await world.controller.start();
    return world;
  }

  it('accepts the names of a new CRD, serves it, then says that it is established', async () => {
    const { put, get, registry } = await started();
    await put(crd('foos', { shortNames: ['f'], categories: ['all'] }));
    expect(conditions(get('foos'))).toEqual([ACCEPTED, ESTABLISHED]);
    expect(get('foos')?.status).toMatchObject({
      acceptedNames: { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList', shortNames: ['f'] },
      storedVersions: ['v1'],
    });
    expect(registry.find(GROUP, 'v1', 'foos')).toMatchObject({ kind: 'Foo', shortNames: ['f'], namespaced: true });
  });

  it('does not serve names that others took, until those let them go', async () => {
    const { put, get, remove, registry } = await started();
    await put(crd('foos', { shortNames: ['x'] }));
    await put(crd('bars', { shortNames: ['x'], kind: 'Foo', listKind: 'FooList' }));
    expect(conditions(get('bars'))).toEqual([
      'NamesAccepted=False ListKindConflict: "FooList" is already in use',
      'Established=False NotAccepted: not all names are accepted',
    ]);
    expect(get('bars')?.status?.acceptedNames).toEqual({ plural: 'bars', kind: '' });
    expect(registry.find(GROUP, 'v1', 'bars')).toBeUndefined();
    await remove('foos');
    expect(get('foos')).toBeUndefined();
    expect(conditions(get('bars'))).toEqual([ACCEPTED, ESTABLISHED]);
    expect(registry.findKind(GROUP, 'v1', 'Foo')?.plural).toBe('bars');
  });

  it('serves what a change of the CRD says', async () => {
    const { put, get, registry } = await started();
    await put(crd('foos'));
    const changed = structuredClone(get('foos')) ?? crd('foos');
    changed.spec.versions.push({
      name: 'v2',
      served: true,
      storage: false,
      schema: { openAPIV3Schema: { type: 'object' } },
    });
    await put(changed);
    expect(
      registry
        .all()
        .filter(({ group }) => group === GROUP)
        .map(({ version }) => version),
    ).toEqual(['v1', 'v2']);
  });

  it('lets a deleted CRD go when its objects are gone, and creates nothing meanwhile', async () => {
    const { clock, store, put, get, remove, registry } = await started();
    await put(crd('foos'));
    const foo = registry.find(GROUP, 'v1', 'foos');
    const free = { apiVersion: `${GROUP}/v1`, kind: 'Foo', metadata: { name: 'free', namespace: 'a' } };
    const held = { ...free, metadata: { name: 'held', namespace: 'b', finalizers: ['x/y'] } };
    await store.update(`/${GROUP}/foos/a/free`, () => ({ action: 'store', object: free }));
    await store.update(`/${GROUP}/foos/b/held`, () => ({ action: 'store', object: held }));
    await remove('foos');
    expect(store.list(`/${GROUP}/foos/`).map(({ metadata }) => metadata.name)).toEqual(['held']);
    expect(conditions(get('foos'))).toContain(
      'Terminating=True InstanceDeletionInProgress: CustomResource deletion is in progress',
    );
    expect(() =>
      createCrdAdmission(store).admit({
        operation: 'CREATE',
        verb: 'create',
        resource: foo ?? CRDS,
        name: { name: 'new' },
        object: { ...free, metadata: { name: 'new' } },
        old: undefined,
        user: { name: 'u', groups: [] },
        dryRun: false,
        warn: () => undefined,
      }),
    ).toThrow(
      'foos.b.example.com "new" is forbidden: create not allowed while custom resource definition is terminating',
    );
    await store.update(`/${GROUP}/foos/b/held`, () => ({ action: 'remove' }));
    await clock.advance(1000);
    expect(get('foos')).toBeUndefined();
    expect(registry.find(GROUP, 'v1', 'foos')).toBeUndefined();
  });

  it('serves what was established before it started', async () => {
    const { put, get, controller, registry, store, clock } = await started();
    await put(crd('foos'));
    await controller.stop();
    const again = registryOf(CRDS);
    const options = { store, registry: again, api: apiOver(store) as ObjectApi, clock, log: silentLogger() };
    running = new CrdController({ ...options, random: seededRandom(2) });
    const { resourceVersion } = get('foos')?.metadata ?? {};
    await running.start();
    expect(again.find(GROUP, 'v1', 'foos')?.kind).toBe('Foo');
    await clock.advance(1000);
    expect(get('foos')?.metadata.resourceVersion).toBe(resourceVersion);
    expect(registry.find(GROUP, 'v1', 'foos')).toBeDefined();
  });
});
