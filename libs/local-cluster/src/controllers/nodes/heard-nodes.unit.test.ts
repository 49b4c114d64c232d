import { expect, it } from 'vitest';
import type { Condition } from '../shared/kinds.js';
import type { Lease, Node } from '../shared/node.js';
import { HeardNodes } from './heard-nodes.js';

const CREATED = Date.parse('2026-01-01T00:00:00Z');
const node = (lastHeartbeatTime?: string): Node => {
  const ready: Condition = { type: 'Ready', status: 'True', lastHeartbeatTime };
  const status = { conditions: lastHeartbeatTime === undefined ? [] : [ready] };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', creationTimestamp: '2026-01-01T00:00:00Z' }, status };
};
const lease = (renewTime: string): Lease => ({
  ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'n' } },
  spec: { renewTime },
});

it('hears of a node by its lease and by its conditions, at the time at which it looks', () => {
  const heard = new HeardNodes(10);
  expect(heard.silentMs(node('a'), lease('a'), 100)).toBe(0);
  expect(heard.silentMs(node('a'), lease('a'), 109)).toBe(9);
  expect(heard.silentMs(node('a'), lease('b'), 115)).toBe(0);
  expect(heard.silentMs(node('b'), lease('b'), 120)).toBe(0);
  expect(heard.silentMs(node('b'), lease('b'), 130)).toBe(10);
});

it('begins anew where nobody looked for too long', () => {
  const heard = new HeardNodes(10);
  heard.silentMs(node('a'), undefined, 100);
  expect(heard.silentMs(node('a'), undefined, 110)).toBe(10);
  expect(heard.silentMs(node('a'), undefined, 121)).toBe(0);
  expect(heard.silentMs(node('a'), undefined, 125)).toBe(4);
});

it('counts from the creation of a node that has said nothing, and as new one that comes again', () => {
  const heard = new HeardNodes(10);
  expect(heard.silentMs(node(), undefined, CREATED + 7)).toBe(7);
  expect(heard.silentMs(node(), undefined, CREATED + 9)).toBe(9);
  expect(heard.silentMs(node('a'), undefined, CREATED + 12)).toBe(0);
  heard.forget('n');
  expect(heard.silentMs(node(), lease('a'), CREATED + 1_000)).toBe(0);
});
