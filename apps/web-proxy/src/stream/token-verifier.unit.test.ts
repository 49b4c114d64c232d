import { API_VERSION, type AgentRun } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, silentLogger } from '@sympozium/process/testing';
import { beforeEach, expect, it } from 'vitest';
import { TokenSigner } from '../testing/agent-double.js';
import { ClusterTokenVerifier } from './token-verifier.js';

const run = { apiVersion: API_VERSION, kind: 'AgentRun', metadata: { name: 'r', uid: 'uid-1' } } as AgentRun;

let clock: FakeClock;
let client: FakeKubeClient;
let signer: TokenSigner;
let verifier: ClusterTokenVerifier;

beforeEach(async () => {
  clock = new FakeClock(Date.now());
  client = new FakeKubeClient({ clock });
  signer = await TokenSigner.create(client);
  verifier = new ClusterTokenVerifier({ client, clock, log: silentLogger(), namespace: 'default' });
});

it('asks the cluster once for many tokens', async () => {
  const token = await signer.sign(run);
  expect(await Promise.all([1, 2, 3].map(() => verifier.verify(token, 'uid-1')))).toEqual([true, true, true]);
  expect(signer.reads).toBe(1);
});

it('knows a new key of the cluster, but does not ask for every unknown one', async () => {
  const old = await signer.sign(run);
  expect(await verifier.verify(old, 'uid-1')).toBe(true);
  await signer.rotate();
  const fresh = await signer.sign(run);
  expect(await verifier.verify(fresh, 'uid-1')).toBe(false); // the keys have only just been read
  expect(signer.reads).toBe(1);
  await clock.advance(5_000);
  expect(await verifier.verify(fresh, 'uid-1')).toBe(true);
  expect(await verifier.verify(old, 'uid-1')).toBe(true);
  expect(signer.reads).toBe(2);
});

it('refuses what is no token, and a token of a key that is not the cluster’s', async () => {
  const stranger = await TokenSigner.create(new FakeKubeClient({ clock }));
  const tokens = ['', 'x.y.z', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`, await stranger.sign(run)];
  expect(await Promise.all(tokens.map((token) => verifier.verify(token, 'uid-1')))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it('refuses while the cluster cannot be asked, and asks again', async () => {
  const token = await signer.sign(run);
  client.fail(({ verb }) => verb === 'raw', new KubeError(0, 'Unreachable', 'connection refused'));
  expect(await verifier.verify(token, 'uid-1')).toBe(false);
  expect(await verifier.verify(token, 'uid-1')).toBe(true);
});
