import { expect, it, vi } from 'vitest';
import { createResourceRegistry } from './registry.js';
import type { Resource } from './resource.js';

const resource = (kind: string, over: Partial<Resource> = {}): Resource => ({
  group: 'example.com',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ['get'],
  subresources: {},
  schema: { type: 'object' },
  strategy: {},
  columns: [],
  custom: true,
  ...over,
});

it('finds by plural and by Kind, of the right group and version only', () => {
  const registry = createResourceRegistry();
  const crow = resource('Crow');
  registry.add(crow);
  expect(registry.find('example.com', 'v1', 'crows')).toBe(crow);
  expect(registry.findKind('example.com', 'v1', 'Crow')).toBe(crow);
  expect(registry.find('example.com', 'v2', 'crows')).toBeUndefined();
  expect(registry.find('', 'v1', 'crows')).toBeUndefined();
  expect(registry.findKind('example.com', 'v1', 'crows')).toBeUndefined();
});

it('replaces what has the same plural, and forgets its Kind', () => {
  const registry = createResourceRegistry();
  registry.add(resource('Crow'));
  const raven = resource('Raven', { plural: 'crows' });
  registry.add(raven);
  expect(registry.all()).toEqual([raven]);
  expect(registry.findKind('example.com', 'v1', 'Crow')).toBeUndefined();
});

it('keeps a Kind that a second plural has taken over', () => {
  const registry = createResourceRegistry();
  const first = resource('Crow');
  const second = resource('Crow', { plural: 'ravens' });
  registry.add(first);
  registry.add(second);
  registry.remove(first);
  expect(registry.findKind('example.com', 'v1', 'Crow')).toBe(second);
});

it('tells listeners of every add and removal, until they leave', () => {
  const registry = createResourceRegistry();
  const listener = vi.fn();
  const leave = registry.onChange(listener);
  const crow = resource('Crow');
  registry.add(crow);
  registry.remove(crow);
  registry.remove(crow);
  expect(listener).toHaveBeenCalledTimes(2);
  leave();
  registry.add(crow);
  expect(listener).toHaveBeenCalledTimes(2);
});

it('shows the new state to a listener', () => {
  const registry = createResourceRegistry();
  let seen: readonly Resource[] = [];
  expect(registry.all()).toEqual([]);
  registry.onChange(() => (seen = registry.all()));
  const crow = resource('Crow');
  registry.add(crow);
  expect(seen).toEqual([crow]);
});
