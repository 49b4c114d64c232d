import {
  AGENT_RUN,
  agentRunSpec,
  API_VERSION,
  scheduledRunName,
  scheduleSpec,
  SYMPOZIUM_SCHEDULE,
  type SympoziumSchedule,
} from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { buildScheduledRun } from './scheduled-run.js';
import { RunWorld } from './testing/index.js';

const TICK = '2026-11-25T09:30:00Z';

const schedule: SympoziumSchedule = {
  apiVersion: API_VERSION,
  kind: SYMPOZIUM_SCHEDULE.kind,
  metadata: { name: 'nightly', namespace: 'default', uid: 'schedule-uid' },
  spec: scheduleSpec.parse({ instanceRef: { name: 'demo' }, schedule: '30 9 * * *', task: 'Say hello.' }),
};

const identity = {
  schedule,
  name: scheduledRunName('nightly', Date.parse(TICK)),
  submittedAt: '2026-11-25T09:30:00.000001Z',
};

describe('buildScheduledRun', () => {
  it('makes the task run of a tick, which only the schedule owns', () => {
    const run = buildScheduledRun({ ...identity, scheduledAt: TICK });
    expect(run).toEqual({
      apiVersion: AGENT_RUN.apiVersion,
      kind: AGENT_RUN.kind,
      metadata: {
        name: 'nightly-29926650',
        namespace: 'default',
        labels: {
          'app.kubernetes.io/name': 'sympozium',
          'app.kubernetes.io/managed-by': 'sympozium',
          'sympozium.ai/run': 'nightly-29926650',
          'sympozium.ai/instance': 'demo',
          'sympozium.ai/mode': 'task',
          'sympozium.ai/schedule': 'nightly',
        },
        annotations: {
          'sympozium.ai/submitted-at': '2026-11-25T09:30:00.000001Z',
          'sympozium.ai/scheduled-at': TICK,
        },
        ownerReferences: [
          {
            apiVersion: API_VERSION,
            kind: 'SympoziumSchedule',
            name: 'nightly',
            uid: 'schedule-uid',
            controller: true,
            blockOwnerDeletion: false,
          },
        ],
      },
      spec: {
        instanceRef: { name: 'demo' },
        mode: 'task',
        ttlAfterFinished: '8760h',
        ttlAfterFailure: '8760h',
        task: 'Say hello.',
      },
    });
    expect(() => agentRunSpec.parse(run.spec)).not.toThrow();
  });

  it('takes the timeout of the instance, and not how long it keeps runs', () => {
    const instance = new RunWorld().instance('demo', { runDefaults: { timeout: '90s', ttlAfterFinished: '1m' } });
    expect(buildScheduledRun({ ...identity, instance }).spec).toMatchObject({
      timeout: '90s',
      ttlAfterFinished: '8760h',
      ttlAfterFailure: '8760h',
    });
  });

  it('names no tick for a run out of turn', () => {
    const { annotations } = buildScheduledRun(identity).metadata;
    expect(annotations).toEqual({ 'sympozium.ai/submitted-at': '2026-11-25T09:30:00.000001Z' });
  });
});
