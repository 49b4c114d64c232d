import { expect, it } from 'vitest';
import { formerRuns } from './former-runs.js';
import type { ContainerState, ContainerStatus, Pod, Terminated } from './pod.js';
import { shellPod } from './testing/shell-pod.js';

const ended: Terminated = { exitCode: 3, reason: 'Error', startedAt: 'S', finishedAt: 'F' };
const container = (name: string, state: ContainerState, lastState: ContainerState = {}): ContainerStatus => ({
  ...{ name, image: '', imageID: '', ready: false, started: false, restartCount: 2 },
  ...{ state, lastState },
});

it('are of containers that have run, with how they ended last', () => {
  const pod: Pod = {
    ...shellPod('p', ''),
    status: {
      phase: 'Running',
      initContainerStatuses: [container('init', { terminated: ended }, { terminated: { ...ended, exitCode: 1 } })],
      containerStatuses: [
        container('crashing', { waiting: { reason: 'CrashLoopBackOff' } }, { terminated: ended }),
        container('lost', { running: { startedAt: 'R' } }, { terminated: ended }),
        container('new', { waiting: { reason: 'ContainerCreating' } }),
      ],
    },
  };
  const runs = formerRuns(pod);
  expect([...runs.keys()]).toEqual(['init', 'crashing', 'lost']);
  expect(runs.get('init')).toEqual({ restartCount: 2, lastTerminated: ended });
  expect(runs.get('crashing')).toEqual({ restartCount: 2, lastTerminated: ended });
  expect(runs.get('lost')?.lastTerminated).toMatchObject({ reason: 'ContainerStatusUnknown', startedAt: 'R' });
});

it('of a Pod without a status are none', () => {
  expect(formerRuns(shellPod('p', '')).size).toBe(0);
});
