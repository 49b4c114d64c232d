import { expect, it } from 'vitest';
import type { ApiObject } from '../../api-object.js';
import { cellsOf } from './cells-of.js';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const CREATED = '2026-01-02T11:58:30Z';

/** Some columns' cells of an object, by name. */
function cells(group: string, kind: string, fields: object, names: readonly string[]): unknown[] {
  const object = { apiVersion: '', kind, metadata: { name: 'x', creationTimestamp: CREATED }, ...fields } as ApiObject;
  return names.map((name) => cellsOf(group, kind)[name]?.(object, NOW));
}

const running = (name: string, more: object = {}) => ({
  name,
  ready: true,
  restartCount: 0,
  state: { running: {} },
  ...more,
});
const ended = (name: string, exitCode: number, more: object = {}) => ({
  name,
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, ...more } },
});
const waiting = (name: string, reason: string, restartCount = 0) => ({
  name,
  ready: false,
  restartCount,
  state: { waiting: { reason } },
  lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-02T11:57:00Z' } },
});
const ready = { type: 'Ready', status: 'True' };
const sidecar = { name: 's', restartPolicy: 'Always' };

it.each<[string, object, object, unknown[]]>([
  ['a phase alone', {}, { phase: 'Pending' }, ['0/1', 'Pending', '0']],
  ['one that runs', {}, { phase: 'Running', containerStatuses: [running('a')] }, ['1/1', 'Running', '0']],
  ['a reason of its own', {}, { phase: 'Failed', reason: 'Evicted' }, ['0/1', 'Evicted', '0']],
  [
    'one that waits for its gates',
    {},
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    ['0/1', 'SchedulingGated', '0'],
  ],
  [
    'one that crashes again and again',
    {},
    { phase: 'Running', containerStatuses: [waiting('a', 'CrashLoopBackOff', 3)] },
    ['0/1', 'CrashLoopBackOff', '3 (3m ago)'],
  ],
  [
    'an end without a reason',
    {},
    { phase: 'Failed', containerStatuses: [ended('a', 137, { signal: 9 })] },
    ['0/1', 'Signal:9', '0'],
  ],
  ['an exit code', {}, { phase: 'Failed', containerStatuses: [ended('a', 3)] }, ['0/1', 'ExitCode:3', '0']],
  [
    'one container that is through while another is ready',
    {},
    {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')],
    },
    ['1/1', 'Running', '0'],
  ],
  [
    'the same before it is ready',
    {},
    { phase: 'Running', containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')] },
    ['1/1', 'NotReady', '0'],
  ],
  [
    'a failure behind a completion',
    {},
    {
      phase: 'Failed',
      containerStatuses: [ended('a', 0, { reason: 'Completed' }), ended('b', 1, { reason: 'Error' })],
    },
    ['0/1', 'Error', '0'],
  ],
  [
    'the second of its init containers',
    { initContainers: [{ name: 'i' }, { name: 'j' }] },
    { phase: 'Pending', initContainerStatuses: [ended('i', 0), { ...running('j'), restartCount: 2 }] },
    ['0/1', 'Init:1/2', '2'],
  ],
  [
    'an init container that fails',
    { initContainers: [{ name: 'i' }] },
    { phase: 'Pending', initContainerStatuses: [ended('i', 1, { reason: 'Error' })] },
    ['0/1', 'Init:Error', '0'],
  ],
  [
    'an init container that cannot start',
    { initContainers: [{ name: 'i' }] },
    { phase: 'Pending', initContainerStatuses: [waiting('i', 'ImagePullBackOff')] },
    ['0/1', 'Init:ImagePullBackOff', '0'],
  ],
  [
    'a sidecar, which counts',
    { initContainers: [sidecar] },
    {
      phase: 'Running',
      initContainerStatuses: [running('s', { started: true, restartCount: 1 })],
      containerStatuses: [running('a')],
    },
    ['2/2', 'Running', '1'],
  ],
])('tells of a Pod: %s', (_, spec, status, expected) => {
  const pod = { spec: { containers: [{ name: 'a' }], ...spec }, status };
  expect(cells('', 'Pod', pod, ['Ready', 'Status', 'Restarts'])).toEqual(expected);
});

it('tells of a Pod that is being deleted', () => {
  const status = (phase: string, reason?: string): unknown[] => {
    const metadata = { name: 'x', deletionTimestamp: CREATED };
    return cells('', 'Pod', { metadata, spec: { containers: [] }, status: { phase, reason } }, ['Status']);
  };
  expect(status('Running')).toEqual(['Terminating']);
  expect(status('Succeeded')).toEqual(['Succeeded']);
  expect(status('Running', 'NodeLost')).toEqual(['Unknown']);
});

it('tells where a Pod is, and its gates', () => {
  const names = ['Age', 'IP', 'Node', 'Nominated Node', 'Readiness Gates'];
  const nowhere = { spec: { containers: [] }, status: {} };
  expect(cells('', 'Pod', nowhere, names)).toEqual(['90s', '<none>', '<none>', '<none>', '<none>']);
  const placed = {
    spec: { nodeName: 'n', containers: [], readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
    status: { podIPs: [{ ip: '10.0.0.1' }], conditions: [{ type: 'a', status: 'True' }] },
  };
  expect(cells('', 'Pod', placed, names)).toEqual(['90s', '10.0.0.1', 'n', '<none>', '1/2']);
});

const template = {
  spec: {
    containers: [
      { name: 'a', image: 'i:1' },
      { name: 'b', image: 'j' },
    ],
  },
};
const selector = {
  matchLabels: { tier: 'x' },
  matchExpressions: [
    { key: 'app', operator: 'In', values: ['z', 'b'] },
    { key: 'old', operator: 'DoesNotExist' },
  ],
};

it('tells of workloads', () => {
  const deployment = { spec: { replicas: 2, template, selector }, status: { readyReplicas: 1, updatedReplicas: 2 } };
  const names = ['Ready', 'Up-to-date', 'Available', 'Containers', 'Images', 'Selector'];
  expect(cells('apps', 'Deployment', deployment, names)).toEqual([
    '1/2',
    2,
    0,
    'a,b',
    'i:1,j',
    'app in (b,z),!old,tier=x',
  ]);
  expect(cells('apps', 'ReplicaSet', { ...deployment, status: {} }, ['Desired', 'Current', 'Ready'])).toEqual([
    2, 0, 0,
  ]);
});

it.each<[object, object, unknown[]]>([
  [{ completions: 3 }, { succeeded: 1 }, ['Running', '1/3', '']],
  [{ parallelism: 4 }, { startTime: '2026-01-02T11:00:00Z' }, ['Running', '0/1 of 4', '60m']],
  [{ suspend: true }, { conditions: [{ type: 'Suspended', status: 'True' }] }, ['Suspended', '0/1', '']],
  [
    { completions: 1 },
    {
      succeeded: 1,
      startTime: '2026-01-02T11:00:00Z',
      completionTime: '2026-01-02T11:00:42Z',
      conditions: [
        { type: 'SuccessCriteriaMet', status: 'True' },
        { type: 'Complete', status: 'True' },
      ],
    },
    ['Complete', '1/1', '42s'],
  ],
])('tells of a Job: %o', (spec, status, expected) => {
  expect(cells('batch', 'Job', { spec: { template, ...spec }, status }, ['Status', 'Completions', 'Duration'])).toEqual(
    expected,
  );
});

it('tells of Services', () => {
  const names = ['Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Selector'];
  const service = (spec: object, status: object = {}): unknown[] => cells('', 'Service', { spec, status }, names);
  const ports = [
    { port: 80, protocol: 'TCP' },
    { port: 53, nodePort: 30_053, protocol: 'UDP' },
  ];
  expect(service({ type: 'ClusterIP', clusterIPs: ['127.96.0.9'], ports, selector: { b: '1', a: '2' } })).toEqual([
    'ClusterIP',
    '127.96.0.9',
    '<none>',
    '80/TCP,53:30053/UDP',
    'a=2,b=1',
  ]);
  expect(service({ type: 'LoadBalancer' })).toEqual(['LoadBalancer', '<none>', '<pending>', '<none>', '<none>']);
  expect(service({ type: 'ExternalName', externalName: 'a.example.com' })[2]).toBe('a.example.com');
});

it('tells of Nodes', () => {
  const names = ['Status', 'Roles', 'Internal-IP', 'Kernel-Version'];
  const node = (spec: object, status: object): unknown[] => cells('', 'Node', { spec, status }, names);
  expect(node({}, {})).toEqual(['Unknown', '<none>', '<none>', '<unknown>']);
  const status = {
    conditions: [{ type: 'Ready', status: 'Unknown' }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    nodeInfo: { kernelVersion: '6.1', architecture: 'arm64' },
  };
  expect(node({ unschedulable: true }, status)).toEqual([
    'NotReady,SchedulingDisabled',
    '<none>',
    '10.0.0.1',
    '6.1 (arm64)',
  ]);
});

it('tells of Events', () => {
  const names = ['Last Seen', 'Object', 'Source', 'Message', 'First Seen', 'Count'];
  const involvedObject = { kind: 'Pod', name: 'p' };
  const old = {
    involvedObject,
    firstTimestamp: '2026-01-02T10:00:00Z',
    lastTimestamp: CREATED,
    count: 4,
    message: ' hi\n',
  };
  expect(cells('', 'Event', { ...old, source: { component: 'c', host: 'h' } }, names)).toEqual([
    '90s',
    'pod/p',
    'c, h',
    'hi',
    '120m',
    4,
  ]);
  const single = { involvedObject, eventTime: '2026-01-02T11:59:00.500000Z', reportingComponent: 'r' };
  expect(cells('', 'Event', single, names)).toEqual(['59s', 'pod/p', 'r', '', '59s', 1]);
  const series = { ...single, series: { count: 9, lastObservedTime: CREATED } };
  expect(cells('', 'Event', series, names)).toEqual(['90s', 'pod/p', 'r', '', '59s', 9]);
});

it('tells the first few of many endpoints', () => {
  const addresses = ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'].map((ip) => ({ ip }));
  const endpoints = (subsets?: object[]): unknown[] => cells('', 'Endpoints', { subsets }, ['Endpoints']);
  expect(endpoints()).toEqual(['<none>']);
  expect(endpoints([{ addresses }])).toEqual(['1.1.1.1,1.1.1.2,1.1.1.3 + 1 more...']);
  expect(endpoints([{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }])).toEqual(['[fd00::1]:80']);
  const slice = { addressType: 'IPv4', ports: [{}], endpoints: [] };
  expect(cells('discovery.k8s.io', 'EndpointSlice', slice, ['Ports', 'Endpoints'])).toEqual(['*', '<unset>']);
});

it('counts what is in Secrets and ConfigMaps', () => {
  expect(cells('', 'Secret', { type: 'Opaque', data: { a: '', b: '' } }, ['Type', 'Data'])).toEqual(['Opaque', 2]);
  expect(cells('', 'ConfigMap', { data: { a: '' }, binaryData: { b: '' } }, ['Data', 'Age'])).toEqual([2, '90s']);
});

it('tells whom a binding names', () => {
  const binding = {
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [
      { kind: 'User', name: 'u' },
      { kind: 'User', name: 'v' },
      { kind: 'ServiceAccount', name: 's', namespace: 'n' },
    ],
  };
  const names = ['Role', 'Users', 'Groups', 'ServiceAccounts'];
  expect(cells('rbac.authorization.k8s.io', 'RoleBinding', binding, names)).toEqual(['Role/r', 'u, v', '', 'n/s']);
});

it('tells of CRDs', () => {
  const crd = {
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Thing', shortNames: ['th', 'tg'] },
      versions: [
        { name: 'v2', served: true, storage: true },
        { name: 'v1', served: true, storage: false },
        { name: 'v0', served: false, storage: false },
      ],
    },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  };
  const names = ['Scope', 'Versions', 'Created At', 'ShortNames', 'Established'];
  expect(cells('apiextensions.k8s.io', 'CustomResourceDefinition', crd, names)).toEqual([
    'Namespaced',
    'v1,v2(storage)',
    CREATED,
    'th,tg',
    true,
  ]);
});
