import { expect, it } from 'vitest';
import { storeWith } from '../testing/auth-store.js';
import { RbacAuthorizer } from '../rbac/rbac-authorizer.js';
import { bootstrapRoles } from './bootstrap-roles.js';

it('binds only roles that are among them', () => {
  const objects = bootstrapRoles();
  const names = new Set(objects.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name));
  const bound = objects.flatMap(({ roleRef }) => (roleRef ? [(roleRef as { name: string }).name] : []));
  expect(bound.length).toBeGreaterThan(10);
  expect(bound.filter((name) => !names.has(name))).toEqual([]);
});

it('gives admin the rules of edit, and edit those of view', () => {
  const rules = (name: string): string[] => {
    const role = bootstrapRoles().find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name);
    return (role?.['rules'] as object[]).map((rule) => JSON.stringify(rule));
  };
  expect(rules('edit')).toEqual(expect.arrayContaining(rules('view')));
  expect(rules('admin')).toEqual(expect.arrayContaining(rules('edit')));
});

it('lets anybody see the version, and whoever is known review themselves', async () => {
  const authorizer = new RbacAuthorizer(await storeWith(...bootstrapRoles()));
  const anonymous = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  const known = { name: 'x', groups: ['system:authenticated'] };
  const review = { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews' };
  expect(authorizer.authorize({ user: anonymous, verb: 'get', path: '/version' }).allowed).toBe(true);
  expect(authorizer.authorize({ user: anonymous, verb: 'get', path: '/api' }).allowed).toBe(false);
  expect(authorizer.authorize({ user: known, verb: 'create', path: '', resource: review }).allowed).toBe(true);
});
