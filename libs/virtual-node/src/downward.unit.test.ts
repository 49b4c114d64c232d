import { describe, expect, it } from 'vitest';
import { fieldValue, resourceValue, type PodPlace } from './downward.js';
import type { Pod } from './pod.js';
import { shellPod } from './testing/shell-pod.js';

const place: PodPlace = {
  nodeName: 'node-1',
  hostIP: '127.0.0.1',
  processIP: '127.127.0.9',
  allocatable: { cpu: '8', memory: '16Gi' },
};

const base = shellPod('p', '', { serviceAccountName: 'robot' });
const pod: Pod = {
  ...base,
  metadata: {
    ...base.metadata,
    uid: 'uid-1',
    labels: { zone: 'b', app: 'a' },
    annotations: {
      'sympozium.ai/run-input': '{"a":"$(X) $$ \\" é 漢 \u2028"}\n',
    },
  },
};

describe('fields', () => {
  it.each([
    ['metadata.name', 'p'],
    ['metadata.namespace', 'default'],
    ['metadata.uid', 'uid-1'],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'robot'],
    ['status.hostIP', '127.0.0.1'],
    ['status.podIP', '127.127.0.9'], // what a process can bind, not what the API shows
    ["metadata.labels['zone']", 'b'],
    ["metadata.labels['absent']", ''],
  ])('%s is %s', (path, value) => {
    expect(fieldValue(path, pod, place)).toBe(value);
  });

  it('gives an annotation byte for byte', () => {
    expect(fieldValue("metadata.annotations['sympozium.ai/run-input']", pod, place)).toBe(
      pod.metadata.annotations?.['sympozium.ai/run-input'],
    );
  });

  it('refuses a field that is none of the downward API', () => {
    expect(() => fieldValue('spec.containers', pod, place)).toThrow('spec.containers is not a field');
    expect(() => fieldValue('constructor', pod, place)).toThrow('not a field');
  });
});

describe('resources', () => {
  const limited = shellPod('p', '', {
    containers: [
      { name: 'main', resources: { limits: { cpu: '1500m', memory: '1Gi' }, requests: { cpu: '250m' } } },
      { name: 'other' },
    ],
  });
  const value = (resource: string, divisor?: string, containerName?: string): string =>
    resourceValue(
      { resource, ...(divisor && { divisor }), ...(containerName && { containerName }) },
      limited,
      'main',
      place,
    );

  it.each([
    ['limits.cpu', undefined, '2'], // rounded up
    ['limits.cpu', '1m', '1500'],
    ['requests.cpu', '1m', '250'],
    ['requests.memory', undefined, '0'],
    ['limits.memory', '1Mi', '1024'],
    ['limits.memory', '0', '1073741824'],
  ])('%s in %s is %s', (resource, divisor, expected) => {
    expect(value(resource, divisor)).toBe(expected);
  });

  it('a container without a limit may have what the node has', () => {
    expect(value('limits.memory', '1Gi', 'other')).toBe('16');
  });

  it('refuses what is no quantity', () => {
    expect(() => value('limits.cpu', 'half')).toThrow('"half" is not a quantity');
  });
});
