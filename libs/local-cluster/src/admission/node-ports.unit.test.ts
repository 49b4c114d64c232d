import { beforeEach, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { builtinResources } from '../builtin/index.js';
import { createMemoryStore, type RevisionStore } from '../storage/index.js';
import { NodePorts } from './node-ports.js';

const [SERVICE] = builtinResources().filter(({ kind }) => kind === 'Service');
const HTTP = { port: 80, protocol: 'TCP' };

let store: RevisionStore;
let nodePorts: NodePorts;
beforeEach(() => {
  store = createMemoryStore();
  nodePorts = new NodePorts(store);
});

function admitted(name: string, spec: object, old?: ApiObject): ApiObject {
  if (!SERVICE) throw new Error('no Services');
  const metadata = { name, namespace: 'default' };
  const object: ApiObject = { apiVersion: 'v1', kind: 'Service', metadata, ...structuredClone({ spec }) };
  nodePorts.admit({
    ...{ operation: old ? 'UPDATE' : 'CREATE', verb: 'update', resource: SERVICE, name: metadata, object, old },
    ...{ user: { name: 'u', groups: [] }, dryRun: false, warn: () => {} },
  });
  return object;
}

const portsOf = ({ spec }: ApiObject): unknown[] =>
  (spec as { ports: { nodePort?: number }[] }).ports.map(({ nodePort }) => nodePort);

it('gives each port one that nobody has or wishes, even before it is stored', () => {
  expect(portsOf(admitted('a', { type: 'NodePort', ports: [HTTP, { port: 81, nodePort: 30_087 }] }))).toEqual([
    ...[30_086, 30_087],
  ]);
  expect(portsOf(admitted('b', { type: 'LoadBalancer', ports: [HTTP] }))).toEqual([30_088]);
  expect(portsOf(admitted('c', { type: 'ClusterIP', ports: [HTTP] }))).toEqual([undefined]);
});

it('refuses a port that is taken, or no node port, in the real words', () => {
  admitted('a', { type: 'NodePort', ports: [{ ...HTTP, nodePort: 30_001 }] });
  const wish = (nodePort: number) => () => admitted('b', { type: 'NodePort', ports: [{ ...HTTP, nodePort }] });
  expect(wish(30_001)).toThrow(
    'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated',
  );
  expect(wish(40_000)).toThrow('provided port is not in the valid range. The range of valid ports is 30000-32767');
});

it('keeps what a Service has, and takes it back when it closes', () => {
  const old = admitted('a', { type: 'NodePort', ports: [HTTP] });
  expect(portsOf(admitted('a', { type: 'NodePort', ports: [HTTP] }, old))).toEqual([30_086]);
  expect(portsOf(admitted('a', { ...(old['spec'] as object), type: 'ClusterIP' }, old))).toEqual([undefined]);
});
