import { ownerReference, runLabels } from '@sympozium/api';
import { agentRun, sympoziumInstance } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { adopt } from './adopt.js';

const instance = sympoziumInstance();
const labels = runLabels({ run: 'hello', instance: 'demo', mode: 'task' });

describe('adopt', () => {
  it('has nothing to add to a run that a client made', () => {
    const keyed = runLabels({ run: 'hello', instance: 'demo', mode: 'task', keyId: 'api-key' });
    const run = agentRun({ metadata: { labels: keyed, ownerReferences: [ownerReference(instance)] } });
    expect(adopt(run, instance, 'task')).toBeUndefined();
  });

  it('adds labels and owner to a bare run', () => {
    expect(adopt(agentRun(), instance, 'task')).toEqual({ labels, ownerReferences: [ownerReference(instance)] });
  });

  it('leaves a run to who controls it, and gives it to the instance when that one lets it go', () => {
    const schedule = { ...ownerReference(instance), kind: 'SympoziumSchedule', name: 'nightly', uid: 's' };
    expect(adopt(agentRun({ metadata: { labels, ownerReferences: [schedule] } }), instance, 'task')).toBeUndefined();
    expect(adopt(agentRun({ metadata: { ownerReferences: [schedule] } }), instance, 'task')).toEqual({ labels });
    expect(adopt(agentRun({ metadata: { labels } }), instance, 'task')).toEqual({
      labels: {},
      ownerReferences: [ownerReference(instance)],
    });
  });

  it('keeps owners that control nothing', () => {
    const other = { ...ownerReference(instance), kind: 'Report', name: 'weekly', uid: 'r', controller: false };
    expect(adopt(agentRun({ metadata: { labels, ownerReferences: [other] } }), instance, 'task')).toEqual({
      labels: {},
      ownerReferences: [other, ownerReference(instance)],
    });
  });

  it('leaves the run of an earlier instance of the name to the garbage collector', () => {
    const earlier = { ...ownerReference(instance), uid: 'gone' };
    expect(adopt(agentRun({ metadata: { labels, ownerReferences: [earlier] } }), instance, 'task')).toBeUndefined();
  });

  it('gives no run to an instance that is being deleted', () => {
    const leaving = sympoziumInstance({ metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } });
    expect(adopt(agentRun(), leaving, 'task')).toEqual({ labels });
    expect(adopt(agentRun({ metadata: { labels } }), leaving, 'task')).toBeUndefined();
  });

  it('corrects our labels and leaves those that tools share', () => {
    const metadata = {
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm', 'sympozium.ai/instance': 'other' },
      ownerReferences: [ownerReference(instance)],
    };
    expect(adopt(agentRun({ metadata }), instance, 'task')).toEqual({ labels: { 'sympozium.ai/instance': 'demo' } });
  });
});
