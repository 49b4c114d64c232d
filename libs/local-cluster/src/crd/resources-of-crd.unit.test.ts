import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { jsonPath } from './json-path.js';
import { resourcesOfCrd } from './resources-of-crd.js';

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'foos.b.example.com' },
  spec: {
    group: 'b.example.com',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo', singular: 'foo', shortNames: ['f', 'taken'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } },
              spec: { type: 'object', properties: { mode: { type: 'string' } } },
            },
          },
        },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        selectableFields: [{ jsonPath: '.spec.mode' }],
        additionalPrinterColumns: [
          { name: 'Mode', type: 'string', jsonPath: '.spec.mode', description: 'How.' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status', priority: 1 },
          { name: 'Count', type: 'integer', jsonPath: '.status.count' },
          { name: 'Tags', type: 'string', jsonPath: '.spec.tags' },
          { name: 'Since', type: 'date', jsonPath: '.status.since' },
        ],
      },
      { name: 'v0', served: false, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
      { name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
    ],
  },
  status: { acceptedNames: { plural: 'foos', kind: 'Foo', singular: 'foo', shortNames: ['f'] } },
} as unknown as ApiObject;

const object = {
  apiVersion: 'b.example.com/v1',
  kind: 'Foo',
  metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { mode: 'task', tags: ['x', 'y'] },
  status: {
    conditions: [
      { type: 'Up', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
    count: 3.7,
    since: '2026-01-01T00:00:00Z',
  },
} as unknown as ApiObject;

const NOW = Date.parse('2026-01-01T00:03:12Z');
const [v1, v2] = resourcesOfCrd(crd);

describe('resourcesOfCrd', () => {
  it('is one resource a served version, with the accepted names', () => {
    expect(resourcesOfCrd(crd).map(({ version }) => version)).toEqual(['v1', 'v2']);
    expect(v1).toMatchObject({ plural: 'foos', kind: 'Foo', singular: 'foo', shortNames: ['f'], custom: true });
    expect(v1?.subresources).toEqual({ status: true, scale: { spec: '.spec.replicas', status: '.status.replicas' } });
    expect(v2?.subresources).toEqual({});
  });

  it('has cells for its columns', () => {
    expect(v1?.columns.map(({ name, value }) => [name, value(object, NOW)])).toEqual([
      ['Name', 'a'],
      ['Mode', 'task'],
      ['Ready', 'True'],
      ['Count', 3],
      ['Tags', '[x y]'],
      ['Since', '3m12s'],
    ]);
    const empty = { ...object, spec: {}, status: {} };
    expect(v1?.columns.map(({ value }) => value(empty, NOW))).toEqual(['a', null, null, null, null, null]);
    expect(v1?.columns[1]?.description).toBe('How.');
    expect(v1?.columns[3]?.description).toBe('Custom resource definition column (in JSONPath format): .status.count');
  });

  it('shows the age where nothing else is asked for', () => {
    expect(v2?.columns.map(({ name, value }) => [name, value(object, NOW)])).toEqual([
      ['Name', 'a'],
      ['Age', '3m12s'],
    ]);
  });

  it('knows what all metadata is, and what the CRD asks of names', () => {
    expect(v1?.schema.properties?.['metadata']?.properties).toMatchObject({
      name: { type: 'string', maxLength: 5 },
      ownerReferences: { 'x-kubernetes-list-map-keys': ['uid'] },
    });
  });

  it('warns of new finalizers that others may use too', () => {
    const next = { ...object, metadata: { name: 'a', finalizers: ['b.example.com/x', 'y', 'c.d', 'old', 'orphan'] } };
    const old = { ...object, metadata: { name: 'a', finalizers: ['old'] } };
    expect(v1?.strategy.warnings?.(next, old)).toEqual([
      'metadata.finalizers: "c.d": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
      'metadata.finalizers: "y": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers',
    ]);
  });

  it('selects by its selectable fields', () => {
    expect(v1?.strategy.selectableFields?.(object)).toEqual({ 'spec.mode': 'task' });
    expect(v1?.strategy.selectableFields?.({ ...object, spec: {} })).toEqual({ 'spec.mode': '' });
    expect(v2?.strategy.selectableFields).toBeUndefined();
  });
});

describe('jsonPath', () => {
  const value = { a: { 'b.c': 1, d: [{ n: 1, x: 'p' }, { n: 2 }, { n: 3, x: 'q' }] } };
  it.each([
    [".a['b.c']", [1]],
    ['.a.b\\.c', [1]],
    ['.a.d[0].n', [1]],
    ['.a.d[-1].n', [3]],
    ['.a.d[*].n', [1, 2, 3]],
    ['.a.d[1:].n', [2, 3]],
    ['.a.d[0,2].n', [1, 3]],
    ['.a.d[?(@.n>1)].n', [2, 3]],
    ['.a.d[?(@.x)].n', [1, 3]],
    [`.a.d[?(@.x=='q')].n`, [3]],
    ['..n', [1, 2, 3]],
    ['.a.nothing.there', []],
    ['.', [value]],
  ])('%s', (path, found) => {
    expect(jsonPath(path)(value)).toEqual(found);
  });

  it('refuses what is no path', () => {
    expect(() => jsonPath('.a[')).toThrow(SyntaxError);
  });
});
