import { expect, it } from 'vitest';
import { hasStarted, lostPodStatus } from './lost-pod.js';
import type { ContainerStatus, Pod } from './pod.js';
import { shellPod } from './testing/shell-pod.js';

const failure = { reason: 'NodeRestarted', message: 'the node ended while the Pod ran' };
const NOW = Date.parse('2026-01-01T00:01:00Z');
const before: ContainerStatus = {
  name: 'main',
  image: 'local/sh',
  imageID: '',
  ready: true,
  started: true,
  restartCount: 2,
  state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
  lastState: {},
};
const pod = (status?: Pod['status']): Pod => ({ ...shellPod('p', ''), ...(status ? { status } : {}) });

it('gives what ran an unknown end, now', () => {
  const status = lostPodStatus(pod({ phase: 'Running', containerStatuses: [before] }), failure, NOW);
  expect(status).toMatchObject({ phase: 'Failed', ...failure });
  expect(status.conditions?.map(({ type, status }) => `${type} ${status}`)).toContain('Ready False');
  expect(status.containerStatuses).toEqual([
    {
      ...before,
      ready: false,
      started: false,
      state: {
        terminated: {
          exitCode: 137,
          reason: 'ContainerStatusUnknown',
          message: failure.message,
          startedAt: '2026-01-01T00:00:00Z',
          finishedAt: '2026-01-01T00:01:00Z',
        },
      },
    },
  ]);
});

it('leaves the end that is known', () => {
  const terminated = { ...{ exitCode: 0, reason: 'Completed', startedAt: '', finishedAt: '' }, message: 'the result' };
  const ended = { ...before, state: { terminated } };
  const status = lostPodStatus(pod({ phase: 'Running', containerStatuses: [ended] }), failure, NOW);
  expect(status.containerStatuses?.[0]?.state).toEqual({ terminated });
});

it('reports every container of a Pod without a status', () => {
  expect(lostPodStatus(pod(), failure, NOW).containerStatuses?.[0]).toMatchObject({
    name: 'main',
    image: 'local/sh',
    restartCount: 0,
    state: { terminated: { exitCode: 137, startedAt: '1970-01-01T00:00:00Z' } },
  });
});

it('tells a Pod that was started from one that was not', () => {
  expect(hasStarted(pod())).toBe(false);
  expect(hasStarted(pod({ phase: 'Pending' }))).toBe(false);
  expect(hasStarted(pod({ phase: 'Running' }))).toBe(true);
  expect(hasStarted(pod({ phase: 'Pending', initContainerStatuses: [before] }))).toBe(true);
});
