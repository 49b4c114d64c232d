import { expect, it } from 'vitest';
import { builtinResources } from '../builtin/index.js';
import type { Resource } from '../resources/resource.js';
import { orderKeys } from './key-order.js';

const configMaps = builtinResources().find(({ plural }) => plural === 'configmaps') as Resource;

it('orders what users name in a built-in kind, and leaves its fields where they are', () => {
  const object = { kind: 'ConfigMap', data: { b: '1', a: '2' }, metadata: { labels: { z: '1', y: '2' }, name: 'n' } };
  orderKeys(configMaps, object);
  expect(JSON.stringify(object)).toBe(
    '{"kind":"ConfigMap","data":{"a":"2","b":"1"},"metadata":{"labels":{"y":"2","z":"1"},"name":"n"}}',
  );
});

it('orders all of a custom resource', () => {
  const object = { spec: { list: [{ b: 1, a: 2 }], deep: { y: null, x: {} } }, kind: 'Thing' };
  orderKeys({ ...configMaps, custom: true }, object);
  expect(JSON.stringify(object)).toBe('{"kind":"Thing","spec":{"deep":{"x":{},"y":null},"list":[{"a":2,"b":1}]}}');
});
