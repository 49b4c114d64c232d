import { FakeClock, seededRandom } from '@sympozium/process/testing';
import { createSigningKey } from '@sympozium/tls';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RevisionStore } from '../../storage/revision-store.js';
import { StaticTokens } from '../static-tokens.js';
import { core, put, remove, storeWith } from '../testing/auth-store.js';
import { ISSUER } from './claims.js';
import { TokenReviewers } from './reviewer.js';
import { oidcDiscovery, ServiceAccountTokens } from './service-account-tokens.js';

const account = core('ServiceAccount', 'foo', 'x1');
const secret = core('Secret', 's1', 'x1');
const pod = core('Pod', 'p1', 'x1');
const bound = (name: string) => ({ name, uid: `uid-${name}` });
const USUAL = { account, audiences: [ISSUER], expirationSeconds: 3600 };
const NOW = Date.UTC(2026, 0, 1) / 1000;

let keys: Awaited<ReturnType<typeof createSigningKey>>;
let store: RevisionStore;
let clock: FakeClock;
let tokens: ServiceAccountTokens;
beforeAll(async () => {
  keys = await createSigningKey();
});
beforeEach(async () => {
  store = await storeWith(account, secret, pod);
  clock = new FakeClock(NOW * 1000);
  tokens = new ServiceAccountTokens({ store, keys, clock, random: seededRandom(1) });
});

const payloadOf = (token: string): object =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;

it('says in a token what the real server says, in its order', async () => {
  const { token, id } = await tokens.mint({ ...USUAL, pod: bound('p1'), node: { name: 'n1', uid: 'uid-n1' } });
  expect(JSON.stringify(payloadOf(token))).toBe(
    JSON.stringify({
      aud: [ISSUER],
      exp: NOW + 3600,
      iat: NOW,
      iss: ISSUER,
      jti: id,
      'kubernetes.io': {
        namespace: 'x1',
        node: { name: 'n1', uid: 'uid-n1' },
        pod: { name: 'p1', uid: 'uid-p1' },
        serviceaccount: { name: 'foo', uid: 'uid-foo' },
      },
      nbf: NOW,
      sub: 'system:serviceaccount:x1:foo',
    }),
  );
});

it('keeps a Pod going that reads its token once', async () => {
  const { token } = await tokens.mint({ ...USUAL, pod: bound('p1'), expirationSeconds: 3607 });
  expect(payloadOf(token)).toMatchObject({
    exp: NOW + 365 * 86_400,
    'kubernetes.io': { warnafter: NOW + 3607 },
  });
});

it('is verified by whoever reads the published keys', async () => {
  const { token } = await tokens.mint({ ...USUAL, audiences: ['else'] });
  const jwks = (await tokens.jwks()) as JSONWebKeySet;
  const options = { issuer: ISSUER, audience: 'else', currentDate: new Date(NOW * 1000) };
  await expect(jwtVerify(token, createLocalJWKSet(jwks), options)).resolves.toMatchObject({
    protectedHeader: { alg: 'RS256', kid: jwks.keys[0]?.kid },
  });
  expect(Object.keys(jwks.keys[0] ?? {})).toEqual(['use', 'kty', 'kid', 'alg', 'n', 'e']);
  expect(Object.keys(decodeProtectedHeader(token))).toEqual(['alg', 'kid']);
  expect(oidcDiscovery('https://127.0.0.1:1')).toMatchObject({ jwks_uri: 'https://127.0.0.1:1/openid/v1/jwks' });
});

it('knows whom a token stands for', async () => {
  const { token, id } = await tokens.mint({ ...USUAL, pod: bound('p1'), node: { name: 'n1' } });
  expect(await tokens.authenticate(token)).toEqual({
    name: 'system:serviceaccount:x1:foo',
    uid: 'uid-foo',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:x1'],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${id}`],
      'authentication.kubernetes.io/node-name': ['n1'],
      'authentication.kubernetes.io/pod-name': ['p1'],
      'authentication.kubernetes.io/pod-uid': ['uid-p1'],
    },
  });
});

describe('a token is good no more', () => {
  const refusal = async (token: string, audiences: string[] = []): Promise<unknown> => {
    expect(await tokens.authenticate(token)).toBe(undefined);
    return tokens.review(token, audiences);
  };

  it('a minute after it ends', async () => {
    const { token } = await tokens.mint(USUAL);
    await clock.advance((3600 + 60) * 1000);
    expect(await tokens.authenticate(token)).toBeDefined();
    await clock.advance(1000);
    expect(await refusal(token)).toBe('service account token has expired');
  });

  it('without its account, or with another of that name', async () => {
    const { token } = await tokens.mint(USUAL);
    await remove(store, account);
    expect(await refusal(token)).toBe('serviceaccounts "foo" not found');
    await put(store, { ...account, metadata: { ...account.metadata, uid: 'new' } });
    expect(await refusal(token)).toBe('service account UID (new) does not match claim (uid-foo)');
  });

  it.each([
    ['secret', secret],
    ['pod', pod],
  ] as const)('without its %s', async (kind, object) => {
    const { token } = await tokens.mint({ ...USUAL, [kind]: bound(object.metadata.name ?? '') });
    expect(await tokens.authenticate(token)).toBeDefined();
    await put(store, { ...object, metadata: { ...object.metadata, uid: 'new' } });
    expect(await refusal(token)).toBe(
      `${kind} UID (new) does not match service account ${kind} ref claim (uid-${object.metadata.name})`,
    );
    await remove(store, object);
    expect(await refusal(token)).toBe('service account token has been invalidated');
  });

  it('a minute after its Pod should be gone', async () => {
    const { token } = await tokens.mint({ ...USUAL, pod: bound('p1') });
    await put(store, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date(NOW * 1000).toISOString() } });
    expect(await tokens.authenticate(token)).toBeDefined();
    await clock.advance(61_000);
    expect(await refusal(token)).toBe('service account token has been invalidated');
  });

  it('when somebody else signed it, or nobody', async () => {
    const other = new ServiceAccountTokens({ store, keys: await createSigningKey(), clock, random: seededRandom(2) });
    const { token } = await other.mint(USUAL);
    expect(await refusal(token)).toBe('go-jose/go-jose: error in cryptographic primitive');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    expect(await refusal(none)).toBe('go-jose/go-jose: error in cryptographic primitive');
    for (const nonsense of ['', 'x', 'a.b.c', 'bnVsbA.bnVsbA.x'])
      expect(await refusal(nonsense)).toBe('invalid bearer token');
  });

  it('for other audiences than its own', async () => {
    const { token } = await tokens.mint({ ...USUAL, audiences: ['a', 'b'] });
    expect(await refusal(token)).toBe(`token audiences ["a" "b"] is invalid for the target audiences ["${ISSUER}"]`);
    expect(await tokens.review(token, ['b', 'c', 'a'])).toMatchObject({ audiences: ['a', 'b'] });
  });
});

it('asks everybody who may know a token, and tells what each says', async () => {
  const all = new TokenReviewers(new StaticTokens([{ name: 'jane', groups: ['dev'], token: 'secret' }]), tokens);
  const jane = { name: 'jane', uid: 'jane', groups: ['dev'] };
  expect(await all.authenticate('secret')).toEqual(jane);
  expect(await all.review('secret', ['x', ISSUER])).toEqual({ user: jane, audiences: [ISSUER] });
  expect(await all.review('secret', ['x'])).toBe('invalid bearer token');
  expect(await all.authenticate('other')).toBe(undefined);
  const { token } = await tokens.mint(USUAL);
  expect(await all.authenticate(token)).toBeDefined();
  expect(await all.review(token, ['x'])).toBe(
    `[invalid bearer token, token audiences ["${ISSUER}"] is invalid for the target audiences ["x"]]`,
  );
});

it('waits for a key that is still being made', async () => {
  let made: (pair: typeof keys) => void = () => {};
  const coming = new Promise<typeof keys>((resolve) => (made = resolve));
  const early = new ServiceAccountTokens({ store, keys: coming, clock, random: seededRandom(3) });
  const minting = early.mint(USUAL);
  made(keys);
  expect(await tokens.authenticate((await minting).token)).toMatchObject({ uid: 'uid-foo' });
});
