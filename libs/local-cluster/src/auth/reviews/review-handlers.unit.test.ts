import { FakeClock } from '@sympozium/process/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Handler, HandlerRequest } from '../../server/handlers.js';
import type { User } from '../auth.js';
import { RbacAuthorizer } from '../rbac/rbac-authorizer.js';
import { StaticTokens } from '../static-tokens.js';
import { bind, role, storeWith } from '../testing/auth-store.js';
import { TokenReviewers } from '../tokens/reviewer.js';
import { reviewHandlers } from './review-handlers.js';

const jane: User = { name: 'jane', groups: ['dev', 'system:authenticated'] };
const PODS = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';

let handlers: ReadonlyMap<string, Handler>;
beforeAll(async () => {
  const store = await storeWith(
    role('r', [PODS], 'a'),
    role('paths', [{ verbs: ['get'], nonResourceURLs: ['/api'] }, PODS]),
    bind('b', 'Role/r', [{ kind: 'User', name: 'jane' }], 'a'),
    bind('m', 'Role/none', [{ kind: 'Group', name: 'dev' }], 'a'),
    bind('p', 'ClusterRole/paths', [{ kind: 'Group', name: 'ops' }]),
  );
  handlers = reviewHandlers({
    authenticator: new TokenReviewers(new StaticTokens([{ name: 'bob', groups: ['ops'], token: 'secret' }])),
    authorizer: new RbacAuthorizer(store),
    clock: new FakeClock(Date.UTC(2026, 0, 1)),
  });
});

const ask = async (group: string, kind: string, body: object, user = jane) => {
  const plural = `${kind.toLowerCase()}s`;
  const resource = { group, version: 'v1', kind, plural, schema: {} };
  const request = { resource, body, user, fieldManager: 'x', dryRun: false, warn: () => {} };
  const answer = (await handlers.get(`${group}/${plural}`)?.(request as object as HandlerRequest)) as {
    status: object;
  };
  return answer.status;
};

describe('a TokenReview', () => {
  it('knows a token', async () => {
    expect(await ask(AUTHENTICATION, 'TokenReview', { spec: { token: 'secret' } })).toEqual({
      authenticated: true,
      user: { username: 'bob', uid: 'bob', groups: ['ops', 'system:authenticated'] },
      audiences: ['https://kubernetes.default.svc.cluster.local'],
    });
  });

  it('does not', async () => {
    expect(await ask(AUTHENTICATION, 'TokenReview', { spec: { token: 'other' } })).toEqual({
      user: {},
      error: 'invalid bearer token',
    });
  });

  it('needs one', async () => {
    await expect(ask(AUTHENTICATION, 'TokenReview', {})).rejects.toThrow(
      'token is required for TokenReview in authentication',
    );
  });
});

it('tells somebody who they are, as whom they are anonymous too', async () => {
  const anonymous = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  expect(await ask(AUTHENTICATION, 'SelfSubjectReview', {}, anonymous)).toEqual({
    userInfo: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
  });
});

describe('an access review', () => {
  const pods = { verb: 'get', resource: 'pods', namespace: 'a' };

  it('says what holds', async () => {
    expect(await ask(AUTHORIZATION, 'SelfSubjectAccessReview', { spec: { resourceAttributes: pods } })).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b/a" of Role "r" to User "jane"',
    });
    const other = { spec: { user: 'x', nonResourceAttributes: { verb: 'get', path: '/api' } } };
    expect(await ask(AUTHORIZATION, 'SubjectAccessReview', other)).toEqual({ allowed: false });
    const ops = { spec: { ...other.spec, groups: ['ops'] } };
    expect(await ask(AUTHORIZATION, 'SubjectAccessReview', ops)).toMatchObject({ allowed: true });
  });

  const INVALID = '.authorization.k8s.io "" is invalid: ';
  const ONE = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  it.each([
    ['SelfSubjectAccessReview', {}, `spec: Invalid value: null: ${ONE}`],
    [
      'SelfSubjectAccessReview',
      { spec: { resourceAttributes: pods, nonResourceAttributes: { path: '/' } } },
      `spec: Invalid value: {"Path":"/","Verb":""}: ${ONE}`,
    ],
    [
      'SubjectAccessReview',
      { spec: { resourceAttributes: pods } },
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    [
      'SubjectAccessReview',
      {
        spec: {
          user: 'u',
          resourceAttributes: { fieldSelector: {}, labelSelector: { rawSelector: 'a', requirements: [{}] } },
        },
      },
      '[spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required, spec.resourceAttributes.labelSelector.rawSelector: Invalid value: "a": may not specified at the same time as requirements]',
    ],
  ])('%s %j is invalid', async (kind, body, message) => {
    await expect(ask(AUTHORIZATION, kind, body)).rejects.toMatchObject({ message: `${INVALID}${message}` });
  });
});

it('lists the rules of a namespace, each once, and what is missing', async () => {
  const both = { name: 'jane', groups: ['dev', 'ops'] };
  expect(await ask(AUTHORIZATION, 'SelfSubjectRulesReview', { spec: { namespace: 'a' } }, both)).toEqual({
    resourceRules: [PODS],
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api'] }],
    incomplete: false,
    evaluationError: 'role.rbac.authorization.k8s.io "none" not found',
  });
  await expect(ask(AUTHORIZATION, 'SelfSubjectRulesReview', {})).rejects.toThrow('no namespace on request');
});
