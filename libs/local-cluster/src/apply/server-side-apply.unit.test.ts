import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { FieldSet } from './field-set.js';
import type { ManagedFieldsEntry } from './managers.js';
import { serverSideApply, trackUpdate } from './index.js';
import { CONFIG_MAP, THING } from './testing/example-schemas.js';

const NOW = '2026-01-02T03:04:05Z';
const LATER = '2026-01-02T03:04:06Z';

const configMap = (data?: object, labels?: Record<string, string>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default', ...(labels && { labels }) },
  ...(data && { data }),
});

function apply(
  live: ApiObject | undefined,
  applied: ApiObject,
  options: { manager?: string; force?: boolean; now?: string } = {},
): ApiObject {
  const { manager = 'one', force = false, now = NOW } = options;
  const { kind } = applied;
  const [schema, group] = kind === 'Thing' ? [THING, 'c.test'] : [CONFIG_MAP, ''];
  return serverSideApply({ schema, group, version: 'v1', kind, applied, manager, force, now, ...(live && { live }) });
}

const thing = (spec: object): ApiObject => ({
  apiVersion: 'c.test/v1',
  kind: 'Thing',
  metadata: { name: 'it', namespace: 'default' },
  spec,
});

const entriesOf = (object: ApiObject): readonly ManagedFieldsEntry[] =>
  (object.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[];

describe('server-side apply', () => {
  it('owns what it makes', () => {
    expect(entriesOf(apply(undefined, configMap({ a: '1' }, { app: 'x' })))).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'v1',
        time: NOW,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
      },
    ]);
  });

  it('refuses to change what others applied, in the words of the real server', () => {
    const live = apply(undefined, configMap({ a: '1', b: '1' }));
    expect(() => apply(live, configMap({ a: '2' }), { manager: 'two' })).toThrowError(
      expect.objectContaining({
        code: 409,
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' }] },
      }),
    );
    expect(() => apply(live, configMap({ a: '2', b: '2' }), { manager: 'two' })).toThrowError(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
  });

  it('tells with what version an updater wrote', () => {
    const live = trackUpdate({
      schema: CONFIG_MAP,
      apiVersion: 'v1',
      proposed: configMap({ a: '1' }),
      manager: 'kubectl-create',
      now: NOW,
    });
    expect(() => apply(live, configMap({ a: '2' }))).toThrowError(
      'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.a',
    );
  });

  it('takes over by force', () => {
    const live = apply(undefined, configMap({ a: '1', b: '1' }));
    const forced = apply(live, configMap({ a: '2' }), { manager: 'two', force: true, now: LATER });
    expect(forced['data']).toEqual({ a: '2', b: '1' });
    expect(entriesOf(forced).map(({ manager, fieldsV1, time }) => [manager, fieldsV1, time])).toEqual([
      ['one', { 'f:data': { 'f:b': {} } }, NOW],
      ['two', { 'f:data': { 'f:a': {} } }, LATER],
    ]);
  });

  it('shares what both apply alike, and removes it when the last one lets go', () => {
    const first = apply(undefined, configMap({ a: '1' }));
    const both = apply(first, configMap({ a: '1', b: '1' }), { manager: 'two' });
    const left = apply(both, configMap(), { manager: 'one' });
    expect(left['data']).toEqual({ a: '1', b: '1' });
    expect(apply(left, configMap({ b: '1' }), { manager: 'two' })['data']).toEqual({ b: '1' });
  });

  it('counts all there was before as one manager', () => {
    const live = { ...configMap({ a: '1' }), metadata: { name: 'settings', namespace: 'default', uid: 'u' } };
    expect(() => apply(live, configMap({ a: '2' }))).toThrowError(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    );
  });

  it('lays keyed items, sets and atomic values over what is there', () => {
    const live = apply(
      undefined,
      thing({ items: [{ name: 'a', note: '1' }, { name: 'b' }], set: ['x', 'y'], atomicMap: { a: '1' } }),
    );
    const over = apply(
      live,
      thing({ items: [{ name: 'c' }, { name: 'a', port: 1 }], set: ['z', 'x'], atomicMap: { b: '1' } }),
      { manager: 'two', force: true },
    );
    expect(over['spec']).toEqual({
      items: [{ name: 'c' }, { name: 'a', note: '1', port: 1 }, { name: 'b' }],
      set: ['z', 'x', 'y'],
      atomicMap: { b: '1' },
    });
  });

  it.each([
    [configMap({ a: 1 }), '.data.a: expected string, got &value.valueUnstructured{Value:1}', '/v1, Kind=ConfigMap'],
    [
      configMap({ a: { b: 1 } }),
      '.data.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":1}}',
      '/v1, Kind=ConfigMap',
    ],
    [configMap([1]), '.data: expected map, got &{[1]}', '/v1, Kind=ConfigMap'],
    [{ ...configMap(), dat: {} }, '.dat: field not declared in schema', '/v1, Kind=ConfigMap'],
    [thing({ set: ['a', 'a'] }), '.spec.set: duplicate entries for key [="a"]', 'c.test/v1, Kind=Thing'],
    [
      thing({ items: [{ name: 'a' }, { name: 'a', port: 1 }] }),
      '.spec.items: duplicate entries for key [name="a",port=1]',
      'c.test/v1, Kind=Thing',
    ],
  ])('refuses what is not of the schema: %#', (applied, text, kind) => {
    const name = applied.metadata.name;
    expect(() => apply(undefined, applied)).toThrowError(
      expect.objectContaining({
        code: 500,
        message: `failed to create typed patch object (default/${name}; ${kind}): ${text}`,
      }),
    );
  });

  it('does not take managedFields', () => {
    const applied = configMap();
    applied.metadata.managedFields = [];
    expect(() => apply(undefined, applied)).toThrowError('metadata.managedFields must be nil');
  });

  it("takes over kubectl's own client-side apply without conflicts, and keeps its annotation true", () => {
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const config = configMap({ a: '1' });
    const proposed = {
      ...config,
      metadata: { ...config.metadata, annotations: { [annotation]: JSON.stringify(config) } },
    };
    const live = trackUpdate({
      schema: CONFIG_MAP,
      apiVersion: 'v1',
      proposed,
      manager: 'kubectl-client-side-apply',
      now: NOW,
    });
    const applied = apply(live, configMap({ a: '2' }), { manager: 'kubectl' });
    expect(applied['data']).toEqual({ a: '2' });
    expect(applied.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"settings","namespace":"default"}}\n',
    );
    expect(() => apply(live, configMap({ a: '2' }), { manager: 'other' })).toThrowError('Apply failed with 1 conflict');
  });
});

const specs = fc.record(
  {
    text: fc.constantFrom('a', 'b'),
    set: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }),
    items: fc.uniqueArray(
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), note: fc.constantFrom('1', '2') }, { requiredKeys: ['name'] }),
      { selector: ({ name }) => name, minLength: 1 },
    ),
    atomicMap: fc.dictionary(fc.constantFrom('m', 'n'), fc.constantFrom('1', '2'), { minKeys: 1 }),
    map: fc.dictionary(fc.constantFrom('m', 'n'), fc.constantFrom('1', '2'), { minKeys: 1 }),
    free: fc.constantFrom({ a: 1 }, { a: { b: 1 } }, { c: [1] }),
  },
  { requiredKeys: [] },
);
const steps = fc.array(fc.record({ manager: fc.constantFrom('one', 'two', 'three'), spec: specs }), {
  minLength: 1,
  maxLength: 6,
});

const forced = (live: ApiObject | undefined, { manager, spec }: { manager: string; spec: object }): ApiObject =>
  apply(live, thing(spec), { manager, force: true });

describe('ownership', () => {
  it('does not change when the same is applied again', () => {
    fc.assert(
      fc.property(steps, specs, (before, spec) => {
        const live = before.reduce<ApiObject | undefined>(forced, undefined);
        const once = forced(live, { manager: 'one', spec });
        expect(forced(once, { manager: 'one', spec })).toEqual(once);
      }),
    );
  });

  it('holds what each manager applied last, as long as nobody takes it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const live = all.reduce<ApiObject | undefined>(forced, undefined);
        const last = all.at(-1);
        const alone = apply(undefined, thing(last?.spec ?? {}), { manager: last?.manager ?? '' });
        const owned = (object: ApiObject | undefined): object | undefined =>
          object && entriesOf(object).find(({ manager }) => manager === last?.manager)?.fieldsV1;
        expect(owned(live)).toEqual(owned(alone));
      }),
    );
  });

  it('of managers who share nothing does not depend on who comes first', () => {
    const keys = (prefix: string): fc.Arbitrary<Record<string, string>> =>
      fc.dictionary(fc.constantFrom(`${prefix}1`, `${prefix}2`, `${prefix}3`), fc.constant('1'), { minKeys: 1 });
    fc.assert(
      fc.property(keys('a'), keys('b'), (mine, theirs) => {
        const left = configMap(mine);
        const right = configMap(theirs);
        const one = apply(apply(undefined, left), right, { manager: 'two' });
        const two = apply(apply(undefined, right, { manager: 'two' }), left);
        expect(two).toEqual(one);
      }),
    );
  });

  it('is written and read without loss', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const live = all.reduce<ApiObject | undefined>(forced, undefined);
        for (const { fieldsV1 } of live ? entriesOf(live) : [])
          expect(FieldSet.fromFieldsV1(fieldsV1).toFieldsV1()).toEqual(fieldsV1);
      }),
    );
  });
});
