import type { OwnerReference } from '@sympozium/api';
import { expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { builtinResources } from '../builtin/index.js';
import { createResourceRegistry } from '../resources/registry.js';
import type { AdmissionRequest } from '../rest/object-api.js';
import { ownerRights } from './owner-rights.js';
import type { PolicyRule } from './rbac/policy-rule.js';
import { RbacAuthorizer } from './rbac/rbac-authorizer.js';
import { bind, role, storeWith } from './testing/auth-store.js';

const HOLD: PolicyRule = { verbs: ['update'], apiGroups: ['batch'], resources: ['jobs/finalizers'] };
const DELETE: PolicyRule = { verbs: ['delete'], apiGroups: [''], resources: ['configmaps'] };

const owner = (holds: boolean, kind = 'Job'): OwnerReference => ({
  apiVersion: 'batch/v1',
  kind,
  name: 'boss',
  uid: 'uid-boss',
  blockOwnerDeletion: holds,
});
const owned = (...ownerReferences: OwnerReference[]): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'x1', ownerReferences },
});

/** What alice hears of a ConfigMap in `x1`, where she has these rights; undefined: nothing stands against it. */
async function answer(rules: readonly PolicyRule[], asked: Partial<AdmissionRequest>): Promise<string | undefined> {
  const subject = { kind: 'User', name: 'alice' };
  const store = await storeWith(role('own', rules, 'x1'), bind('own', 'Role/own', [subject], 'x1'));
  const registry = createResourceRegistry();
  for (const resource of builtinResources()) registry.add(resource);
  const request = {
    operation: asked.old ? 'UPDATE' : 'CREATE',
    resource: registry.find('', 'v1', 'configmaps'),
    name: { namespace: 'x1', name: 'a' },
    user: { name: 'alice', groups: ['system:authenticated'] },
    ...asked,
  };
  try {
    ownerRights(new RbacAuthorizer(store), registry).judge(request as AdmissionRequest);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

it('lets an object hold up its owner’s deletion only for who may set that owner’s finalizers', async () => {
  expect(await answer([], { object: owned(owner(true)) })).toBe(
    'configmaps "a" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can\'t set finalizers on: , <nil>',
  );
  expect(await answer([HOLD], { object: owned(owner(true)) })).toBeUndefined();
  expect(await answer([], { object: owned(owner(false)) })).toBeUndefined();
  expect(await answer([], { object: owned() })).toBeUndefined();
});

it('knows no owner of a kind that is not served', async () => {
  expect(await answer([HOLD], { object: owned(owner(true, 'Boss')) })).toBe(
    'configmaps "a" is forbidden: cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion batch/v1 Kind Boss: no matches for kind "Boss" in version "batch/v1"',
  );
});

it('lets owners of what is there be changed only by who may delete it', async () => {
  const change = { object: owned(owner(false)), old: owned() };
  expect(await answer([], change)).toBe(
    'configmaps "a" is forbidden: cannot set an ownerRef on a resource you can\'t delete: , <nil>',
  );
  expect(await answer([DELETE], change)).toBeUndefined();
  expect(await answer([DELETE], { ...change, object: owned(owner(true)) })).toMatch(/blockOwnerDeletion/);
  expect(await answer([DELETE, HOLD], { ...change, object: owned(owner(true)) })).toBeUndefined();
});

it('asks nothing where the owners stay, nor anew about one that is held already', async () => {
  const held = owned(owner(true));
  expect(await answer([], { object: held, old: held })).toBeUndefined();
  const renamed = owned({ ...owner(true), controller: true });
  expect(await answer([DELETE], { object: renamed, old: held })).toBeUndefined();
});
