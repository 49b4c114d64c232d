import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customSchema } from '../crd/custom-schema.js';
import { applyDefaults } from './defaults.js';
import { prune } from './prune.js';
import type { Schema } from './schema.js';

const text: Schema = { type: 'string' };
const schema = customSchema({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        a: text,
        list: { type: 'array', items: { type: 'object', properties: { k: text, n: { type: 'integer', default: 3 } } } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { v: text } } },
        free: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'object', properties: { z: text } } },
        },
        object: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
        preset: {
          type: 'object',
          default: { x: 1 },
          properties: { x: { type: 'integer' }, y: { ...text, default: 'y' } },
        },
        maybe: { ...text, nullable: true, default: 'd' },
        never: text,
      },
    },
  },
});

describe('prune', () => {
  it('removes what is unknown and tells where it was', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'a', what: 1 },
      spec: {
        a: 'a',
        b: 1,
        list: [{ k: 'a' }, { k: 'b', q: {} }],
        map: { x: { v: 'v', w: 1 } },
        free: { any: { thing: [1] }, known: { z: 'z', y: 1 } },
        object: { apiVersion: 'v1', kind: 'Y', metadata: { name: 'n', odd: 1 }, spec: { q: 1 }, more: 1 },
      },
      other: [],
    };
    expect(prune(schema, object)).toEqual([
      'metadata.what',
      'spec.b',
      'spec.list[1].q',
      'spec.map.x.w',
      'spec.free.known.y',
      'spec.object.metadata.odd',
      'spec.object.spec.q',
      'spec.object.more',
      'other',
    ]);
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'a' },
      spec: {
        a: 'a',
        list: [{ k: 'a' }, { k: 'b' }],
        map: { x: { v: 'v' } },
        free: { any: { thing: [1] }, known: { z: 'z' } },
        object: { apiVersion: 'v1', kind: 'Y', metadata: { name: 'n' }, spec: {} },
      },
    });
  });

  it('takes null for nothing, but where null is a value or there is a default for it', () => {
    const object = { spec: { a: null, maybe: null, preset: null, map: { x: null } } };
    expect(prune(schema, object)).toEqual([]);
    expect(object).toEqual({ spec: { maybe: null, preset: null, map: {} } });
  });

  it('leaves no empty fields in metadata, and empties null annotations', () => {
    const metadata = { name: 'a', namespace: '', labels: {}, finalizers: [], annotations: { a: null }, generation: 0 };
    const object = { metadata };
    prune(schema, object);
    expect(object).toEqual({ metadata: { name: 'a', annotations: { a: '' } } });
  });

  it('has nothing to do the second time, whatever came', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, metadata) => {
        const object = { spec, metadata };
        prune(schema, object);
        const once = structuredClone(object);
        expect(prune(schema, object)).toEqual([]);
        expect(object).toEqual(once);
      }),
    );
  });
});

describe('applyDefaults', () => {
  it('fills parents before children, and items', () => {
    const object = { spec: { list: [{ k: 'a' }, { n: 5 }] } };
    applyDefaults(schema, object);
    expect(object.spec).toEqual({
      list: [{ k: 'a', n: 3 }, { n: 5 }],
      preset: { x: 1, y: 'y' },
      maybe: 'd',
    });
  });

  it('takes null for absent only where it is no value', () => {
    const object = { spec: { maybe: null, preset: null } };
    applyDefaults(schema, object);
    expect(object.spec).toEqual({ maybe: null, preset: { x: 1, y: 'y' } });
  });

  it('gives every object its own default', () => {
    const [a, b] = [{ spec: {} as Record<string, unknown> }, { spec: {} as Record<string, unknown> }];
    applyDefaults(schema, a);
    applyDefaults(schema, b);
    expect(a.spec['preset']).not.toBe(b.spec['preset']);
  });
});
