import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../api-object.js';
import type { User } from '../auth.js';
import { bind, role, storeWith } from '../testing/auth-store.js';
import { RbacAuthorizer } from './rbac-authorizer.js';
import { rbacEscalation } from './rbac-escalation.js';
import { RBAC_GROUP } from './rbac-objects.js';
import type { PolicyRule } from './policy-rule.js';
import type { AdmissionRequest } from '../../rest/object-api.js';

const alice: User = { name: 'alice', groups: ['team-a', 'system:authenticated'] };
const ALICE = { kind: 'User', name: 'alice' };
const rule = (verbs: string[], resources: string[], more: object = {}): PolicyRule => ({
  verbs,
  apiGroups: [''],
  resources,
  ...more,
});

/** What alice, who holds these rules in namespace `x1`, hears; undefined: nothing stands against it. */
async function answer(held: readonly PolicyRule[], object: ApiObject, old?: ApiObject, others: ApiObject[] = []) {
  const store = await storeWith(role('own', held, 'x1'), bind('own', 'Role/own', [ALICE], 'x1'), ...others);
  const { kind, metadata } = object;
  const request = {
    operation: old ? 'UPDATE' : 'CREATE',
    resource: { group: RBAC_GROUP, version: 'v1', kind, plural: `${kind.toLowerCase()}s` },
    name: metadata,
    object,
    old,
    user: alice,
  };
  try {
    rbacEscalation(new RbacAuthorizer(store)).admit(request as object as AdmissionRequest);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const PREFIX =
  'roles.rbac.authorization.k8s.io "q" is forbidden: user "alice" (groups=["team-a" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n';

describe('a role', () => {
  it('may give what its author holds', async () => {
    expect(await answer([rule(['get', 'list'], ['pods', 'secrets'])], role('q', [rule(['get'], ['pods'])], 'x1'))).toBe(
      undefined,
    );
  });

  it('is refused with what is lacking, verbs of one resource together', async () => {
    const wanted = role('q', [rule(['get', 'list', 'delete'], ['secrets', 'pods'])], 'x1');
    expect(await answer([rule(['get'], ['pods'])], wanted)).toBe(
      `${PREFIX}{APIGroups:[""], Resources:["pods"], Verbs:["list" "delete"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "delete"]}`,
    );
  });

  it('tells one name from all', async () => {
    const own = [rule(['get'], ['pods'], { resourceNames: ['a'] })];
    expect(await answer(own, role('q', own, 'x1'))).toBe(undefined);
    expect(await answer(own, role('q', [rule(['get'], ['pods'])], 'x1'))).toBe(
      `${PREFIX}{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`,
    );
    expect(await answer(own, role('q', [rule(['get'], ['pods'], { resourceNames: ['b'] })], 'x1'))).toBe(
      `${PREFIX}{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["get"]}`,
    );
  });

  it('may give anything where its author may escalate', async () => {
    const escalate = { verbs: ['escalate'], apiGroups: [RBAC_GROUP], resources: ['roles'] };
    expect(await answer([escalate], role('q', [rule(['*'], ['*'])], 'x1'))).toBe(undefined);
  });

  it('names bound roles that are not there', async () => {
    const missing = bind('m', 'Role/nope', [ALICE], 'x1');
    const text = await answer([], role('q', [rule(['get'], ['pods'])], 'x1'), undefined, [missing]);
    expect(text).toMatch(/; resolution errors: \[roles\.rbac\.authorization\.k8s\.io "nope" not found\]$/);
  });

  it('may lose finalizers whoever takes them', async () => {
    const old = role('q', [rule(['*'], ['*'])], 'x1');
    const held = { ...old, metadata: { ...old.metadata, finalizers: ['a/b'] } };
    expect(await answer([], old, held)).toBe(undefined);
  });
});

it('lets nobody but an administrator gather rules of other roles', async () => {
  const gathering = { ...role('q', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } };
  expect(await answer([], gathering)).toBe(
    'clusterroles.rbac.authorization.k8s.io "q" is forbidden: must have cluster-admin privileges to use the aggregationRule',
  );
});

describe('a binding', () => {
  const big = role('big', [rule(['*'], ['*'])]);
  const wanted = bind('q', 'ClusterRole/big', [ALICE], 'x1');

  it('needs the rights of its role', async () => {
    expect(await answer([], wanted, undefined, [big])).toContain('{APIGroups:[""], Resources:["*"], Verbs:["*"]}');
    expect(await answer([rule(['*'], ['*'])], wanted, undefined, [big])).toBe(undefined);
  });

  it('may be made by who may bind that role', async () => {
    const may = { verbs: ['bind'], apiGroups: [RBAC_GROUP], resources: ['clusterroles'], resourceNames: ['big'] };
    expect(await answer([may], wanted, undefined, [big])).toBe(undefined);
    expect(await answer([may], bind('q', 'Role/own', [ALICE], 'x1'))).toBe(undefined);
  });

  it('needs a role that is there', async () => {
    expect(await answer([], bind('q', 'Role/none', [ALICE], 'x1'))).toBe(
      'rolebindings.rbac.authorization.k8s.io "none" not found',
    );
  });
});
