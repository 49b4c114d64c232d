import { ANNOTATION, type KubeObject } from '@sympozium/api';
import { binaryConfigMap, CONFIG_MAP, job, JOB, POD } from '@sympozium/plugin-sdk/manifests';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import type { Desired } from '@sympozium/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { diff } from '../plan/diff.js';
import { dress } from '../plan/dress.js';
import { trimChild } from './trim.js';

const INPUT = 'x'.repeat(200 * 1024);
const metadata = { annotations: { [ANNOTATION.runInput]: INPUT, other: 'stays' } };
const withInput = job('hello', { suspend: false, template: { metadata, spec: { containers: [] } } });

describe('trimChild', () => {
  it.each<[string, KubeObject]>([
    ['a Pod', { apiVersion: POD.apiVersion, kind: POD.kind, metadata: { name: 'hello', ...metadata } }],
    ['a Job’s template', withInput],
    ['an immutable ConfigMap', binaryConfigMap('hello', { input: INPUT })],
  ])('cuts the bulk out of %s, and changes nothing that is shared', (_what, object) => {
    const before = structuredClone(object);
    expect(JSON.stringify(trimChild(object)).length).toBeLessThan(1_000);
    expect(JSON.stringify(trimChild(object))).toContain(object.kind === CONFIG_MAP.kind ? 'immutable' : 'stays');
    expect(object).toEqual(before);
  });

  it('keeps what may change or has no bulk', () => {
    for (const object of [
      job('hello', { template: { spec: { containers: [] } } }),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } },
    ])
      expect(trimChild(object)).toBe(object);
  });

  it.each<Pick<Desired, 'onDrift'> & { mutable?: string[] }>([
    { onDrift: 'keep', mutable: ['/spec/suspend', '/spec/template'] },
    { onDrift: 'apply' },
  ])('makes no drift where it is $onDrift', (how) => {
    const desired = { object: withInput, stage: 'workload', ...how } as Desired;
    const wished = dress({ desired, kind: JOB, plugin: 'probe' }, agentRun(), 'probe');
    const live = { kind: JOB, object: trimChild(wished.desired.object) };
    expect(diff([wished], [live])).toEqual([]);
  });
});
