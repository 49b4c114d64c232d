import type { KubeObject, Kind } from '@sympozium/api';
import type { Desired } from '@sympozium/plugin-sdk';
import { CONFIG_MAP, JOB } from '@sympozium/plugin-sdk/manifests';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { diff } from './diff.js';
import { dress } from './dress.js';

const DEPLOYMENT: Kind = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true };

type Parts = { onDrift: Desired['onDrift']; stage?: Desired['stage']; mutable?: readonly string[] };

function wish(kind: Kind, name: string, content: object, { stage = 'workload', ...how }: Parts) {
  const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, ...content };
  return dress({ desired: { object, stage, ...how } as Desired, kind, plugin: 'probe' }, agentRun(), 'probe');
}

/** What the server would hold of a wish, changed. */
const live = ({ desired, kind }: ReturnType<typeof wish>, change: object = {}) => {
  const object: KubeObject = { ...structuredClone(desired.object), ...change };
  return { kind, object: { ...object, metadata: { ...object.metadata, uid: 'u1' } } };
};

const job = (suspend: boolean, how: Partial<Parts> = {}) =>
  wish(JOB, 'hello', { spec: { suspend, parallelism: 1 } }, { onDrift: 'keep', mutable: ['/spec/suspend'], ...how });
const deployment = (spec: object) => wish(DEPLOYMENT, 'hello', { spec }, { onDrift: 'apply' });

describe('diff', () => {
  it('makes what is missing in the order of the stages', () => {
    const route = wish(CONFIG_MAP, 'r', {}, { onDrift: 'keep', stage: 'route' });
    const key = wish(CONFIG_MAP, 'k', {}, { onDrift: 'create-once', stage: 'credential' });
    const changes = diff([route, job(false), key], []);
    expect(changes.map((change) => [change.act, 'object' in change && change.object.metadata.name])).toEqual([
      ['create', 'k'],
      ['create', 'hello'],
      ['create', 'r'],
    ]);
  });

  it('leaves what is kept alone, but for what may change', () => {
    expect(diff([job(false)], [live(job(false), { spec: { parallelism: 9 } })])).toEqual([]);
    expect(diff([job(true)], [live(job(false))])).toEqual([
      expect.objectContaining({ act: 'patch', operations: [{ op: 'add', path: '/spec/suspend', value: true }] }),
    ]);
    expect(diff([job(true)], [live(job(true))])).toEqual([]);
  });

  it('applies what differs in wish or in fact, and nothing when settled', () => {
    const wished = deployment({ replicas: 2, template: { env: [{ name: 'A', value: '1' }] } });
    const settled = live(wished);
    expect(diff([wished], [settled])).toEqual([]);
    expect(diff([wished], [])).toMatchObject([{ act: 'apply' }]);

    const edited = { ...settled, object: { ...settled.object, spec: { replicas: 5, template: {} } } };
    expect(diff([wished], [edited])).toMatchObject([{ act: 'apply', live: edited.object }]);
    const withoutEnv = deployment({ replicas: 2, template: {} });
    expect(diff([withoutEnv], [settled])).toMatchObject([{ act: 'apply' }]);
  });

  it('does not touch what was made once, nor what is being deleted', () => {
    const once = wish(CONFIG_MAP, 'k', { data: { a: '1' } }, { onDrift: 'create-once' });
    expect(diff([once], [live(once, { data: {} })])).toEqual([]);
    const leaving = (object: KubeObject) => ({
      metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    });
    expect(diff([job(true)], [live(job(false), leaving(job(false).desired.object))])).toEqual([]);
    expect(diff([], [live(job(false), leaving(job(false).desired.object))])).toEqual([]);
  });

  it('deletes what is not wished any more, last', () => {
    const old = live(wish(CONFIG_MAP, 'old', {}, { onDrift: 'keep' }));
    expect(diff([job(false)], [old])).toMatchObject([{ act: 'create' }, { act: 'delete', live: old.object }]);
  });

  it('says the same hash for the same wish, whatever the order of its members', () => {
    const hash = (spec: object) => deployment(spec).desired.object.metadata.annotations;
    expect(hash({ a: 1, b: { c: 2, d: 3 } })).toEqual(hash({ b: { d: 3, c: 2 }, a: 1 }));
    expect(hash({ a: 1 })).not.toEqual(hash({ a: 2 }));
  });
});
