import { describe, expect, it } from 'vitest';
import { POD } from '../apply/testing/example-schemas.js';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from './index.js';

const REJECTED = expect.objectContaining({
  code: 422,
  reason: 'Invalid',
  message: 'the server rejected our request due to an error in our request',
});

describe('JSON patch', () => {
  const object = { metadata: { labels: { a: '1', 'b/c': '2' }, finalizers: ['x', 'y'] } };

  it.each([
    [{ op: 'add', path: '/metadata/finalizers/-', value: 'z' }, { finalizers: ['x', 'y', 'z'] }],
    [{ op: 'add', path: '/metadata/finalizers/0', value: 'z' }, { finalizers: ['z', 'x', 'y'] }],
    [{ op: 'remove', path: '/metadata/finalizers/-1' }, { finalizers: ['x'] }],
    [{ op: 'replace', path: '/metadata/labels/b~1c', value: '3' }, { labels: { a: '1', 'b/c': '3' } }],
    [{ op: 'replace', path: '/metadata/labels/new', value: '3' }, { labels: { a: '1', 'b/c': '2', new: '3' } }],
    [{ op: 'move', from: '/metadata/labels/a', path: '/metadata/labels/z' }, { labels: { 'b/c': '2', z: '1' } }],
    [{ op: 'copy', from: '/metadata/finalizers/0', path: '/metadata/finalizers/2' }, { finalizers: ['x', 'y', 'x'] }],
    [{ op: 'test', path: '/metadata/absent', value: null }, {}],
  ])('%j', (operation, metadata) => {
    expect(applyJsonPatch(object, [operation])).toEqual({ metadata: { ...object.metadata, ...metadata } });
    expect(object.metadata.finalizers).toEqual(['x', 'y']);
  });

  it.each([
    { op: 'test', path: '/metadata/labels/a', value: '2' },
    { op: 'remove', path: '/metadata/absent' },
    { op: 'add', path: '/absent/x', value: 1 },
    { op: 'add', path: '/metadata/finalizers/4', value: 1 },
    { op: 'replace', path: '/metadata/finalizers/2', value: 1 },
    { op: 'jump', path: '/x' },
    { op: 'add', path: '/metadata/__proto__/x', value: 1 },
  ])('keeps to itself why %j fails', (operation) => {
    expect(() => applyJsonPatch(object, [operation])).toThrowError(REJECTED);
  });

  it('takes null for no operations, but for none of them', () => {
    expect(applyJsonPatch(object, null)).toEqual(object);
    expect(() => applyJsonPatch(object, [null])).toThrowError(REJECTED);
  });

  it('says what is no patch', () => {
    expect(() => applyJsonPatch(object, {})).toThrowError(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
    const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '' }));
    expect(() => applyJsonPatch(object, many)).toThrowError(
      'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    );
  });
});

describe('merge patch', () => {
  it('merges objects, replaces lists, removes nulls, and leaves its arguments', () => {
    const object = { a: { b: 1, c: [1] }, d: 1 };
    expect(applyMergePatch(object, { a: { b: null, c: [2], e: { f: null } }, d: null })).toEqual({
      a: { c: [2], e: {} },
    });
    expect(object).toEqual({ a: { b: 1, c: [1] }, d: 1 });
  });

  it('says what is no patch', () => {
    expect(() => applyMergePatch({}, [])).toThrowError(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
  });
});

describe('strategic merge patch', () => {
  const pod = {
    metadata: { finalizers: ['a', 'b'] },
    spec: {
      containers: [
        { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: '1' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      nodeSelector: { x: '1' },
    },
  };
  const patched = (patch: object): unknown => applyStrategicPatch(POD, pod, patch);
  const spec = (patch: object): unknown => (patched({ spec: patch }) as { spec: unknown }).spec;

  it('merges lists by key, those named first before the others', () => {
    expect(spec({ containers: [{ name: 'c' }, { name: 'a', env: [{ name: 'Y', value: '2' }] }] })).toMatchObject({
      containers: [{ name: 'c' }, { name: 'a', image: '1', env: [{ name: 'Y' }, { name: 'X' }] }, { name: 'b' }],
    });
  });

  it.each([
    [{ containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [{ name: 'b', image: '1' }] }],
    [{ containers: [{ $patch: 'replace' }, { name: 'z' }] }, { containers: [{ name: 'z' }] }],
    [{ nodeSelector: { $patch: 'replace', y: '2' } }, { nodeSelector: { y: '2' } }],
    [{ nodeSelector: { $patch: 'delete' } }, { nodeSelector: {} }],
    [{ nodeSelector: null }, { nodeSelector: undefined }],
    [
      { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: {} }] },
      { volumes: [{ name: 'v', secret: {} }] },
    ],
    [
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [pod.spec.containers[1], pod.spec.containers[0]] },
    ],
  ])('obeys %j', (patch, expected) => {
    expect(spec(patch)).toEqual({ ...pod.spec, ...expected });
  });

  it('merges and deletes in lists of texts', () => {
    expect(patched({ metadata: { finalizers: ['c', 'a'] } })).toMatchObject({
      metadata: { finalizers: ['c', 'a', 'b'] },
    });
    expect(patched({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toMatchObject({
      metadata: { finalizers: ['b'] },
    });
  });

  it.each([
    [{ containers: [{ image: '2' }] }, 500, 'map: map[image:2] does not contain declared merge key: name'],
    [{ nodeSelector: { $patch: 'burn' } }, 500, 'unknown patch type: burn in map: map[$patch:burn]'],
    [{ volumes: [{ name: 'v', $retainKeys: ['name'], secret: {} }] }, 400, 'invalid patch format of retainKeys'],
    [
      { '$setElementOrder/containers': [{ name: 'b' }], containers: [{ name: 'a' }] },
      500,
      "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
    ],
  ])('refuses %j', (patch, code, message) => {
    expect(() => spec(patch)).toThrowError(expect.objectContaining({ code, message }));
  });
});
