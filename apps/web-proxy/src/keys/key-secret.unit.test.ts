import { KubeError } from '@sympozium/kube';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, recordingLogger, seededRandom, settle } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { secretOf } from '../testing/secrets.js';
import { KeySecret, SECRET } from './key-secret.js';

const KEY = 'sk-0123456789abcdefghijklmnopqrstu';
const NEW_KEY = 'sk-new-0123456789abcdefghijklmnopq';
const isSecretList = ({ verb, kind }: { verb: string; kind?: { kind: string } }) =>
  verb === 'list' && kind?.kind === 'Secret';

describe('KeySecret', () => {
  let clock: FakeClock;
  let client: FakeKubeClient;
  let lines: Record<string, unknown>[];
  let keys: KeySecret;

  beforeEach(() => {
    clock = new FakeClock();
    const random = seededRandom(1);
    client = new FakeKubeClient({ clock, random });
    const recording = recordingLogger();
    lines = recording.lines;
    keys = new KeySecret({ namespace: 'default', name: 'mine' }, { client, clock, random, log: recording.log });
  });

  const put = async (entries: Record<string, string>, name = 'mine') => {
    client.server.put(SECRET, secretOf(name, entries));
    await settle();
  };
  const idOf = (key: string) => keys.ring.find(key, clock.now())?.id;
  const said = (msg: RegExp) => lines.filter((line) => msg.test(String(line['msg'])));

  it('asks for the one Secret and for no other', async () => {
    await put({ 'api-key': KEY });
    await put({ 'api-key': NEW_KEY }, 'another');
    await keys.start();
    await settle();
    expect(client.calls.map(({ verb }) => verb)).toEqual(['list', 'watch']);
    for (const { namespace, options } of client.calls)
      expect([namespace, options['fieldSelector']]).toEqual(['default', 'metadata.name=mine']);
    expect([idOf(KEY), idOf(NEW_KEY)]).toEqual(['api-key', undefined]);
    await keys.stop();
  });

  it('follows a rotation: both keys are the same caller until the old one expires', async () => {
    await put({ 'api-key': KEY, alice: JSON.stringify({ key: `${KEY}-alice` }) });
    await keys.start();
    await settle();
    const expires = new Date(clock.now() + 5_000).toISOString();
    await put({ 'api-key': NEW_KEY, 'api-key-previous': JSON.stringify({ key: KEY, expires }) });
    expect([idOf(KEY), idOf(NEW_KEY), idOf(`${KEY}-alice`)]).toEqual(['api-key', 'api-key', undefined]);
    await clock.advance(5_000);
    expect([idOf(KEY), idOf(NEW_KEY)]).toEqual([undefined, 'api-key']);
    await keys.stop();
  });

  it('keeps the keys of a Secret that is deleted, says so once, and takes those of the next', async () => {
    await put({ 'api-key': KEY });
    await keys.start();
    await settle();
    await client.delete(SECRET, { namespace: 'default', name: 'mine' });
    await settle();
    expect(idOf(KEY)).toBe('api-key');
    expect(said(/was deleted/)).toHaveLength(1);
    await put({ 'api-key': NEW_KEY });
    expect([idOf(KEY), idOf(NEW_KEY)]).toEqual([undefined, 'api-key']);
    await keys.stop();
  });

  it('keeps its keys while the API server is away', async () => {
    await put({ 'api-key': KEY });
    await keys.start();
    await settle();
    client.fail(({ kind }) => kind?.kind === 'Secret', new KubeError(0, 'Unreachable', 'refused'), { times: 100 });
    client.watches.break(new KubeError(0, 'Unreachable', 'the connection broke off'));
    await clock.advance(60_000);
    expect(idOf(KEY)).toBe('api-key');
    await keys.stop();
  });

  it('waits for the right to read it', async () => {
    await put({ 'api-key': KEY });
    client.fail(isSecretList, new KubeError(403, 'Forbidden', 'secrets "mine" is forbidden'), { times: 2 });
    const starting = keys.start();
    await settle();
    expect([keys.ring.size, said(/cannot list secrets/).length]).toEqual([0, 1]);
    await clock.advance(5_000);
    await starting;
    expect(idOf(KEY)).toBe('api-key');
    await keys.stop();
  });

  it('waits for a Secret that is not there yet, and says so', async () => {
    await keys.start();
    expect([keys.ring.size, said(/does not exist/).length]).toEqual([0, 1]);
    await settle();
    await put({ 'api-key': KEY });
    expect(idOf(KEY)).toBe('api-key');
    await keys.stop();
  });

  it('refuses what is no key, and logs of the others nothing but how many there are', async () => {
    client.server.put(SECRET, {
      ...secretOf('mine', { 'api-key': KEY, weak: 'sk-weak', '.hidden': `${KEY}-hidden` }),
      metadata: { name: 'mine', namespace: 'default', annotations: { last: KEY } },
    });
    await keys.start();
    await settle();
    expect(said(/API key refused/)).toMatchObject([{ entry: 'weak', source: 'Secret mine' }]);
    expect(said(/API keys loaded/)).toMatchObject([{ keys: 1, source: 'Secret mine' }]);
    expect(JSON.stringify(lines)).not.toMatch(/sk-/);
    await keys.stop();
  });

  it('does not load again what another field of the Secret has changed', async () => {
    await put({ 'api-key': KEY });
    await keys.start();
    await settle();
    const { ring } = keys;
    const metadata = { annotations: { 'sympozium.ai/key-epoch': '2' } };
    await client.patch(SECRET, { namespace: 'default', name: 'mine' }, { type: 'merge', body: { metadata } });
    await settle();
    expect(keys.ring).toBe(ring);
    await keys.stop();
  });
});
