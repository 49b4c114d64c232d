import { describe, expect, it } from 'vitest';
import type { Pod } from './pod.js';
import type { Sources } from './sources.js';
import { shellPod } from './testing/shell-pod.js';
import type { Volume } from './projected-volume.js';
import { volumeContent } from './volumes.js';

const bytes = Buffer.from([0, 255, 10]);
const objects: Record<string, Map<string, Buffer>> = {
  map: new Map([
    ['text', Buffer.from('é\n')],
    ['binary', bytes],
  ]),
};
const sources: Sources = {
  configMap: (name) => objects[name],
  secret: (name) => objects[name],
  mutable: () => [],
};
const plain = shellPod('p', '');
const pod: Pod = { ...plain, metadata: { ...plain.metadata, annotations: { input: '{"text":"$(X) $$"}' } } };
const place = { nodeName: 'n', hostIP: '127.0.0.1', processIP: '127.127.0.1', allocatable: {} };

const content = (volume: Omit<Volume, 'name'>) => volumeContent({ name: 'v', ...volume }, { pod, place, sources });
const files = (volume: Omit<Volume, 'name'>): unknown[] => {
  const { files, tokens } = content(volume);
  expect(tokens).toEqual([]);
  return files.map(({ path, content, mode }) => [path, content.toString('latin1'), mode.toString(8)]);
};

it('is empty for an emptyDir', () => {
  expect(content({ emptyDir: {} })).toEqual({ files: [], tokens: [] });
});

it.each([
  ['configMap', { configMap: { name: 'map' } }],
  ['secret', { secret: { secretName: 'map' } }],
])('holds every entry of a %s, byte for byte', (_, volume) => {
  expect(files(volume)).toEqual([
    ['text', Buffer.from('é\n').toString('latin1'), '644'],
    ['binary', bytes.toString('latin1'), '644'],
  ]);
});

it('holds chosen entries under chosen names and modes', () => {
  const items = [
    { key: 'binary', path: 'deep/er/file', mode: 0o400 },
    { key: 'binary', path: 'plain' },
  ];
  expect(files({ configMap: { name: 'map', items, defaultMode: 0o600 } })).toEqual([
    ['deep/er/file', bytes.toString('latin1'), '400'],
    ['plain', bytes.toString('latin1'), '600'],
  ]);
});

it('projects everything into one folder', () => {
  const { files, tokens } = content({
    projected: {
      defaultMode: 0o440,
      sources: [
        { downwardAPI: { items: [{ path: 'input', fieldRef: { fieldPath: "metadata.annotations['input']" } }] } },
        {
          downwardAPI: {
            items: [{ path: 'cpu', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu' } }],
          },
        },
        { serviceAccountToken: { path: 'token', audience: 'us', expirationSeconds: 600 } },
        { serviceAccountToken: { path: 'plain-token' } },
        { configMap: { name: 'map', items: [{ key: 'text', path: 'ca' }] } },
        { secret: { name: 'absent', optional: true } },
      ],
    },
  });
  expect(files.map(({ path, content }) => [path, content.toString()])).toEqual([
    ['input', '{"text":"$(X) $$"}'],
    ['cpu', '0'],
    ['ca', 'é\n'],
  ]);
  expect(tokens).toEqual([
    { path: 'token', audience: 'us', expirationSeconds: 600, mode: 0o440 },
    { path: 'plain-token', audience: undefined, expirationSeconds: 3600, mode: 0o440 },
  ]);
});

describe('says what it cannot do', () => {
  it.each<[Omit<Volume, 'name'>, string]>([
    [{ hostPath: { path: '/' } }, 'volume v: this node has emptyDir, configMap'],
    [{ projected: { sources: [{ clusterTrustBundle: { path: 'ca' } }] } }, 'no such projection: clusterTrustBundle'],
    [{ configMap: { name: 'map', items: [{ key: 'absent', path: 'x' }] } }, 'non-existent key absent of map'],
  ])('%j', (volume, message) => {
    expect(() => content(volume)).toThrow(message);
  });

  it('but leaves out an optional key', () => {
    expect(files({ configMap: { name: 'map', optional: true, items: [{ key: 'absent', path: 'x' }] } })).toEqual([]);
  });
});
