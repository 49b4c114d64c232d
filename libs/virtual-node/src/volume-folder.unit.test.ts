import { FakeKubeClient } from '@sympozium/kube/testing';
import { FakeClock, recordingLogger, seededRandom } from '@sympozium/process/testing';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CONFIG_MAP, POD_KIND, SECRET, type Pod } from './pod.js';
import { readSources, volumeSources } from './sources.js';
import { shellPod } from './testing/shell-pod.js';
import { SourceWatches } from './source-watches.js';
import { VolumeFolders } from './volume-folder.js';

const TOKEN_PATH = '/api/v1/namespaces/default/serviceaccounts/robot/token';
const place = { nodeName: 'n', hostIP: '127.0.0.1', processIP: '127.127.0.1', allocatable: {} };

let clock: FakeClock;
let client: FakeKubeClient;
let folder: string;
let volumes: VolumeFolders | undefined;
let watches: SourceWatches;
const { log, lines } = recordingLogger();

beforeEach(() => {
  clock = new FakeClock();
  client = new FakeKubeClient({ clock });
  watches = new SourceWatches({ client, clock, log, random: seededRandom(1) });
  folder = mkdtempSync(join(tmpdir(), 'volumes-'));
  let issued = 0;
  client.onRaw('POST', TOKEN_PATH, () => ({
    status: {
      token: `token-${++issued}`,
      expirationTimestamp: new Date(clock.now() + 600_000).toISOString(),
    },
  }));
});
afterEach(() => {
  volumes?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function write(spec: Partial<Pod['spec']>, where = folder): Promise<Pod> {
  const pod = client.server.put(POD_KIND, shellPod('p', '', { serviceAccountName: 'robot', ...spec }));
  volumes = new VolumeFolders({ client, clock, log, watches }, pod, place, where);
  await volumes.write(await readSources(client, pod, volumeSources(pod), AbortSignal.timeout(5_000)));
  return pod;
}

/** What a process sees: the kubelet's own entries begin with two dots. */
const visible = (volume: string): string[] =>
  readdirSync(join(folder, volume))
    .filter((name) => !name.startsWith('..'))
    .sort();
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const until = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 1 });
const secret = (data: Record<string, string>, immutable?: boolean) => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'default' } },
  ...(immutable ? { immutable } : {}),
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});
const tokenVolume = {
  name: 'run',
  projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'us', expirationSeconds: 600 } }] },
};

it('writes files that only the owner can read', async () => {
  client.server.put(SECRET, secret({ a: '1', b: '2' }));
  await write({ volumes: [{ name: 'keys', secret: { secretName: 'keys', defaultMode: 0o644 } }] });
  expect(visible('keys')).toEqual(['a', 'b']);
  expect(read('keys/a')).toBe('1');
  expect(statSync(join(folder, 'keys/a')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
});

it('asks for a token with one call, bound to the Pod', async () => {
  const pod = await write({ volumes: [tokenVolume] });
  expect(read('run/token')).toBe('token-1');
  expect(client.calls.map(({ request, body }) => ({ request, body }))).toEqual([
    {
      request: `POST ${TOKEN_PATH}`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: ['us'],
          expirationSeconds: 600,
          boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: pod.metadata.uid },
        },
      },
    },
  ]);
});

it('renews a token when 80 % of its life are over, and again after a failure', async () => {
  await write({ volumes: [tokenVolume] });
  await clock.advance(479_000);
  expect(read('run/token')).toBe('token-1');
  client.fail(({ verb }) => verb === 'raw', new Error('API server away'));
  await clock.advance(1_000);
  await until(() => expect(lines.at(-1)?.['msg']).toBe('volume not refreshed, trying again'));
  expect(read('run/token')).toBe('token-1');
  await clock.advance(10_000);
  await until(() => expect(read('run/token')).toBe('token-2'));
});

it('follows a Secret that changes at once, all files together', async () => {
  client.server.put(SECRET, secret({ stays: 'same', changes: 'old', goes: 'x' }));
  await write({ volumes: [{ name: 'keys', secret: { secretName: 'keys' } }] });
  const data = (): string => readlinkSync(join(folder, 'keys/..data'));
  const before = data();
  client.server.put(SECRET, secret({ stays: 'same', changes: 'new', comes: 'y' }));
  await until(() => expect(visible('keys')).toEqual(['changes', 'comes', 'stays']));
  expect([read('keys/changes'), read('keys/comes'), read('keys/stays')]).toEqual(['new', 'y', 'same']);
  expect(readlinkSync(join(folder, 'keys/changes'))).toBe('..data/changes');
  expect(data()).not.toBe(before);
  expect(
    readdirSync(join(folder, 'keys'))
      .filter((name) => name.startsWith('..'))
      .sort(),
  ).toEqual(['..2', '..data']);
});

it('keeps what it has of a Secret that was deleted, and follows the one that comes after it', async () => {
  client.server.put(SECRET, secret({ a: '1' }));
  await write({ volumes: [{ name: 'keys', secret: { secretName: 'keys' } }] });
  client.server.delete(SECRET, { namespace: 'default', name: 'keys' });
  await until(() => expect(lines.at(-1)?.['msg']).toBe('volume not refreshed until that is there again'));
  expect(read('keys/a')).toBe('1');
  client.server.put(SECRET, secret({ a: '2' }));
  await until(() => expect(read('keys/a')).toBe('2'));
});

it('reads an object again when it has changed only, and again after a failure', async () => {
  client.server.put(SECRET, secret({ a: '1' }));
  await write({ volumes: [{ name: 'keys', secret: { secretName: 'keys' } }] });
  await until(() => expect(client.calls.map(({ verb }) => verb)).toEqual(['get', 'list', 'watch']));
  client.fail(({ verb }) => verb === 'get', new Error('API server away'));
  client.server.put(SECRET, secret({ a: '2' }));
  await until(() => expect(lines.at(-1)?.['msg']).toBe('volume not refreshed, trying again'));
  await clock.advance(10_000);
  await until(() => expect(read('keys/a')).toBe('2'));
});

it('shares the watch of an object with other Pods, and ends it with the last', async () => {
  client.server.put(SECRET, secret({ a: '1' }));
  const spec = { volumes: [{ name: 'keys', secret: { secretName: 'keys' } }] };
  await write(spec);
  const first = volumes;
  await write(spec, join(folder, 'other'));
  await until(() => expect(client.calls.filter(({ verb }) => verb === 'watch')).toHaveLength(1));
  first?.close();
  client.server.put(SECRET, secret({ a: '2' }));
  await until(() => expect(read('other/keys/a')).toBe('2'));
  expect(read('keys/a')).toBe('1');
  volumes?.close();
  await until(() => expect(client.watches.count()).toBe(0));
});

it('keeps a token and what the Secret beside it holds, whichever of both changes', async () => {
  client.server.put(SECRET, secret({ a: '1' }));
  const sources = [...tokenVolume.projected.sources, { secret: { name: 'keys' } }];
  await write({ volumes: [{ name: 'run', projected: { sources } }] });
  client.server.put(SECRET, secret({ a: '2' }));
  await until(() => expect(read('run/a')).toBe('2'));
  expect(read('run/token')).toBe('token-1');
  await clock.advance(480_000);
  await until(() => expect(read('run/token')).toBe('token-2'));
  expect(read('run/a')).toBe('2');
});

it('does not look again at what cannot change', async () => {
  client.server.put(SECRET, secret({ a: '1' }, true));
  await write({
    volumes: [
      { name: 'keys', secret: { secretName: 'keys' } },
      { name: 'tmp', emptyDir: {} },
    ],
  });
  expect(clock.waiting).toBe(0);
  expect(client.calls).toHaveLength(1);
});

it('looks for an optional object that is not there', async () => {
  await write({ volumes: [{ name: 'map', configMap: { name: 'map', optional: true } }] });
  const metadata = { name: 'map', namespace: 'default' };
  client.server.put(CONFIG_MAP, { apiVersion: 'v1', kind: 'ConfigMap', metadata, binaryData: { deep: 'AP8=' } });
  await until(() => expect(readFileSync(join(folder, 'map/deep')).toString('hex')).toBe('00ff'));
});

it('leaves nothing behind', async () => {
  client.server.put(SECRET, secret({ a: '1' }));
  await write({ volumes: [{ name: 'keys', secret: { secretName: 'keys' } }, tokenVolume] });
  await volumes?.remove();
  await until(() => expect(clock.waiting).toBe(0));
  expect(() => readdirSync(folder)).toThrow('ENOENT');
});
