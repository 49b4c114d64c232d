import { describe, expect, it } from 'vitest';
import { apiServerArguments, controllerManagerArguments, etcdArguments, schedulerArguments } from './arguments.js';
import { Layout } from './layout.js';
import { createPki } from './pki.js';
import { LOOPBACK, type Place } from './place.js';

const layout = new Layout('/data');
const all = [
  etcdArguments({ data: layout.data, durable: true }),
  apiServerArguments(layout, 6443),
  controllerManagerArguments(layout, '/kc'),
  schedulerArguments('/kc'),
];

describe('the programs’ arguments', () => {
  it('listen nowhere but on loopback and on sockets', () => {
    const listening = all.flat().filter((a) => /^--(bind-address|listen|secure-port)/.test(a));
    expect(listening).toEqual([
      '--listen-client-urls=unix://etcd.sock',
      '--listen-peer-urls=unix://etcd-peers.sock',
      '--bind-address=127.0.0.1',
      '--secure-port=6443',
      '--secure-port=0',
      '--secure-port=0',
    ]);
  });

  it('let etcd skip the disk only when asked to', () => {
    expect(etcdArguments({ data: '/d', durable: true })).not.toContain('--unsafe-no-fsync');
    expect(etcdArguments({ data: '/d', durable: false })).toContain('--unsafe-no-fsync');
  });

  it('do not throttle the controllers', () => {
    for (const args of [controllerManagerArguments(layout, '/kc'), schedulerArguments('/kc')])
      expect(args).toEqual(
        expect.arrayContaining(['--kube-api-qps=1000', '--kube-api-burst=2000', '--leader-elect=false']),
      );
  });

  it('keep the controllers that runs, Pods and clean-up need', () => {
    const controllers = controllerManagerArguments(layout, '/kc').find((a) => a.startsWith('--controllers=*,'));
    const needed = ['job', 'garbage-collector', 'namespace', 'serviceaccount', 'serviceaccount-token', 'endpointslice'];
    const others = [
      'deployment',
      'replicaset',
      'disruption',
      'pod-garbage-collector',
      'node-lifecycle',
      'ttl-after-finished',
    ];
    for (const name of [...needed, ...others, 'root-ca-certificate-publisher'])
      expect(controllers).not.toContain(`-${name}-controller`);
  });
});

it('name only files that the start writes', async () => {
  const written = new Set([...Object.keys((await createPki()).files), 'tokens.csv', 'audit-policy.yaml']);
  const named = all.flat().flatMap((a) => /=\/data\/run\/([^,]+)$/.exec(a)?.[1] ?? []);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !written.has(name))).toEqual([]);
});

it('take the Service `kubernetes` from the Services’ range', () => {
  expect(apiServerArguments(layout, 1)).toContain('--service-cluster-ip-range=127.96.0.0/16');
  expect(LOOPBACK.serviceAddress).toBe('127.96.0.1');
});

describe('with real nodes', () => {
  const place: Place = { ...LOOPBACK, address: '10.1.0.2', serviceRange: '10.2.0.0/24', realNodes: true };

  it('the API server is reached by them, and they may do what nodes may, and no more', () => {
    const args = apiServerArguments(layout, 6443, place);
    expect(args).toEqual(
      expect.arrayContaining([
        '--bind-address=10.1.0.2',
        '--advertise-address=10.1.0.2',
        '--service-cluster-ip-range=10.2.0.0/24',
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
      ]),
    );
    expect(args).not.toContain('--endpoint-reconciler-type=none');
  });

  it('every controller runs', () =>
    expect(controllerManagerArguments(layout, '/kc', place)).toContain('--controllers=*'));
});
