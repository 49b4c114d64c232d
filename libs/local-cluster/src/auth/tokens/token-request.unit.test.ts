import { FakeClock, seededRandom } from '@sympozium/process/testing';
import { createSigningKey } from '@sympozium/tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Handler, HandlerRequest } from '../../server/handlers.js';
import { core, storeWith } from '../testing/auth-store.js';
import { ServiceAccountTokens } from './service-account-tokens.js';
import { tokenRequest } from './token-request.js';

let handler: Handler;
beforeAll(async () => {
  const store = await storeWith(
    core('ServiceAccount', 'foo', 'x1'),
    core('Secret', 's1', 'x1'),
    core('Pod', 'mine', 'x1', { serviceAccountName: 'foo', nodeName: 'n1' }),
    core('Pod', 'other', 'x1', { serviceAccountName: 'bar' }),
    core('Node', 'n1'),
  );
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const tokens = new ServiceAccountTokens({ store, keys: await createSigningKey(), clock, random: seededRandom(1) });
  handler = tokenRequest({ store, tokens, clock });
});

const ask = (body: object, name = 'foo') => {
  const request = { namespace: 'x1', name, body, fieldManager: 'x', dryRun: false, warn: () => {} };
  return handler(request as object as HandlerRequest) as Promise<{
    metadata: object;
    spec: object;
    status: { token: string };
  }>;
};
const binding = (kind: string, name: string, uid?: string) => ({
  spec: { boundObjectRef: { kind, apiVersion: 'v1', name, ...(uid !== undefined && { uid }) } },
});
const claimsIn = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { 'kubernetes.io': object })[
    'kubernetes.io'
  ];

it('answers with what was asked for, completed, and the token', async () => {
  const { status, ...answer } = await ask({});
  expect(answer).toEqual({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: 'foo',
      namespace: 'x1',
      uid: 'uid-foo',
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [
        {
          manager: 'x',
          operation: 'Update',
          apiVersion: 'authentication.k8s.io/v1',
          time: '2026-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:expirationSeconds': {} } },
          subresource: 'token',
        },
      ],
    },
    spec: {
      audiences: ['https://kubernetes.default.svc.cluster.local'],
      expirationSeconds: 3600,
      boundObjectRef: null,
    },
  });
  expect(status).toEqual({ token: expect.any(String) as string, expirationTimestamp: '2026-01-01T01:00:00Z' });
});

it('binds to a Pod with its node, to a Secret, to a Node', async () => {
  const node = { name: 'n1', uid: 'uid-n1' };
  expect(claimsIn((await ask(binding('Pod', 'mine'))).status.token)).toMatchObject({ pod: { name: 'mine' }, node });
  expect(claimsIn((await ask(binding('Secret', 's1', 'uid-s1'))).status.token)).toMatchObject({
    secret: { name: 's1', uid: 'uid-s1' },
  });
  expect(claimsIn((await ask(binding('Node', 'n1'))).status.token)).toMatchObject({ node });
});

describe('refuses in the words of the real server', () => {
  const INVALID = 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value';
  it.each([
    [{ spec: { expirationSeconds: 599 } }, `${INVALID}: 599: may not specify a duration less than 10 minutes`],
    [
      { spec: { expirationSeconds: 5_000_000_000 } },
      `${INVALID}: 5000000000: may not specify a duration larger than 2^32 seconds`,
    ],
    [binding('Pod', 'nope'), 'pods "nope" not found'],
    [
      binding('Pod', 'other'),
      'cannot bind token for serviceaccount "foo" to pod running with different serviceaccount name.',
    ],
    [binding('Foo', 'x'), 'cannot bind token to object of type /v1, Kind=Foo'],
    [
      binding('Secret', 's1', 'z'),
      'Operation cannot be fulfilled on Secret "s1": the UID in the bound object reference (z) does not match the UID in record. The object might have been deleted and then recreated',
    ],
    [
      { metadata: { name: 'z' } },
      'TokenRequest.authentication.k8s.io "foo" is invalid: metadata.name: Invalid value: "z": must match the service account name if specified',
    ],
    [
      { metadata: { namespace: 'z' } },
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      { metadata: { uid: 'z' } },
      'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "foo": the UID in the token request (z) does not match the UID of the service account (uid-foo)',
    ],
    [
      { spec: { attestations: { a: ['b'] } } },
      'TokenRequest.authentication.k8s.io "" is invalid: spec.attestations: Invalid value: {"a":["b"]}: attestations may only be specified with a webhook bound object reference',
    ],
  ])('%j', async (body, message) => {
    await expect(ask(body)).rejects.toMatchObject({ message });
  });

  it('an account that is not there', async () => {
    await expect(ask({}, 'none')).rejects.toMatchObject({ message: 'serviceaccounts "none" not found' });
  });
});
