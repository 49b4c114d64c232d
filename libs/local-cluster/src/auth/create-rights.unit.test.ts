import { expect, it } from 'vitest';
import type { AdmissionRequest } from '../rest/object-api.js';
import { createRights } from './create-rights.js';
import type { PolicyRule } from './rbac/policy-rule.js';
import { RbacAuthorizer } from './rbac/rbac-authorizer.js';
import { bind, role, storeWith } from './testing/auth-store.js';

const alice = { name: 'alice', groups: ['system:authenticated'] };

/** What alice hears, who may do this to ConfigMaps of the namespace `x1`; undefined: nothing stands against it. */
async function answer(verbs: readonly string[], asked: Partial<AdmissionRequest>): Promise<string | undefined> {
  const rule = { verbs, apiGroups: [''], resources: ['configmaps'] } as PolicyRule;
  const subject = { kind: 'User', name: 'alice' };
  const store = await storeWith(role('own', [rule], 'x1'), bind('own', 'Role/own', [subject], 'x1'));
  const request = {
    operation: 'CREATE',
    resource: { group: '', version: 'v1', plural: 'configmaps' },
    name: { namespace: 'x1', name: 'a' },
    user: alice,
    ...asked,
  };
  try {
    createRights(new RbacAuthorizer(store)).judge(request as AdmissionRequest);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

it('lets nobody create by an apply or update who may not create', async () => {
  const refusal =
    'configmaps "a" is forbidden: User "alice" cannot create resource "configmaps" in API group "" in the namespace "x1"';
  expect(await answer(['patch'], { verb: 'patch' })).toBe(refusal);
  expect(await answer(['update'], { verb: 'update' })).toBe(refusal);
  expect(await answer(['patch', 'create'], { verb: 'patch' })).toBeUndefined();
});

it('asks nothing of a create, which was asked for already, nor of an update of what is there', async () => {
  expect(await answer([], { verb: 'create' })).toBeUndefined();
  expect(await answer(['patch'], { verb: 'patch', operation: 'UPDATE' })).toBeUndefined();
});
