import { describe, expect, it } from 'vitest';
import type { Attributes, User } from '../auth.js';
import { bind, put, remove, role, storeWith } from '../testing/auth-store.js';
import { RbacAuthorizer } from './rbac-authorizer.js';

const jane: User = { name: 'jane', groups: ['dev', 'system:authenticated'] };
const JANE = { kind: 'User', name: 'jane' };
const READ_PODS = [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', '*/scale'] }];

/** `what` is a path, or a resource and perhaps an object: `pods/log`, `secrets one`. */
const ask = (user: User, verb: string, what: string, namespace?: string): Attributes => {
  if (what.startsWith('/')) return { user, verb, path: what };
  const [part = '', name] = what.split(' ');
  const [plural = '', subresource] = part.split('/');
  const place = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
  const resource = { group: '', version: 'v1', plural, ...place, ...(subresource !== undefined && { subresource }) };
  return { user, verb, path: '', resource };
};

it('lets masters do everything and says no more', async () => {
  const authorizer = new RbacAuthorizer(await storeWith());
  const root = { name: 'root', groups: ['system:masters'] };
  expect(authorizer.authorize(ask(root, 'delete', 'secrets', 'a'))).toEqual({ allowed: true, reason: '' });
});

it('names the binding that allows, in words of the real server', async () => {
  const authorizer = new RbacAuthorizer(
    await storeWith(
      role('reader', READ_PODS, 'a'),
      role('all', [{ verbs: ['*'], nonResourceURLs: ['/api/*'] }]),
      bind('b', 'Role/reader', [{ kind: 'User', name: 'bob' }, JANE], 'a'),
      bind('c', 'Role/reader', [{ kind: 'ServiceAccount', name: 'robot' }], 'a'),
      bind('d', 'ClusterRole/all', [{ kind: 'Group', name: 'dev' }]),
    ),
  );
  const robot = { name: 'system:serviceaccount:a:robot', groups: [] };
  expect(authorizer.authorize(ask(jane, 'get', 'pods', 'a')).reason).toBe(
    'RBAC: allowed by RoleBinding "b/a" of Role "reader" to User "jane"',
  );
  expect(authorizer.authorize(ask(robot, 'list', 'pods', 'a')).reason).toBe(
    'RBAC: allowed by RoleBinding "c/a" of Role "reader" to ServiceAccount "robot/a"',
  );
  expect(authorizer.authorize(ask(jane, 'get', '/api/v1')).reason).toBe(
    'RBAC: allowed by ClusterRoleBinding "d" of ClusterRole "all" to Group "dev"',
  );
});

describe('a rule', () => {
  const named = [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['one'] }];
  it.each([
    [ask(jane, 'get', 'pods', 'a'), true],
    [ask(jane, 'get', 'pods', 'b'), false],
    [ask(jane, 'get', 'pods'), false],
    [ask(jane, 'watch', 'pods', 'a'), false],
    [ask(jane, 'get', 'pods/log', 'a'), false],
    [ask(jane, 'get', 'pods/scale', 'a'), true],
    [ask(jane, 'get', 'secrets one', 'a'), true],
    [ask(jane, 'get', 'secrets two', 'a'), false],
    [ask(jane, 'list', 'secrets', 'a'), false],
    [ask(jane, 'get', '/version'), false],
  ])('%j: %s', async (attributes, allowed) => {
    const store = await storeWith(role('r', [...READ_PODS, ...named], 'a'), bind('b', 'Role/r', [JANE], 'a'));
    expect(new RbacAuthorizer(store).authorize(attributes).allowed).toBe(allowed);
  });
});

it('follows what changes, until it is closed', async () => {
  const store = await storeWith(role('r', READ_PODS));
  const authorizer = new RbacAuthorizer(store);
  const may = (): boolean => authorizer.authorize(ask(jane, 'get', 'pods', 'a')).allowed;
  expect(may()).toBe(false);
  const binding = bind('b', 'ClusterRole/r', [JANE], 'a');
  await put(store, binding);
  expect(may()).toBe(true);
  await put(store, role('r', []));
  expect(may()).toBe(false);
  await put(store, role('r', READ_PODS));
  await put(store, { ...binding, subjects: [] });
  expect(may()).toBe(false);
  await put(store, binding);
  await remove(store, binding);
  expect(may()).toBe(false);
  authorizer.close();
  await put(store, binding);
  expect(may()).toBe(false);
});

it('tells of roles that are bound but not there, each once', async () => {
  const store = await storeWith(
    bind('a', 'Role/gone', [JANE], 'a'),
    bind('b', 'Role/gone', [JANE], 'a'),
    bind('c', 'ClusterRole/lost', [JANE]),
  );
  const authorizer = new RbacAuthorizer(store);
  expect(authorizer.authorize(ask(jane, 'get', 'pods', 'b')).reason).toBe(
    'rbac: RBAC: clusterrole.rbac.authorization.k8s.io "lost" not found',
  );
  expect(authorizer.authorize(ask(jane, 'get', 'pods', 'a')).reason).toBe(
    'rbac: RBAC: [clusterrole.rbac.authorization.k8s.io "lost" not found, role.rbac.authorization.k8s.io "gone" not found]',
  );
});
