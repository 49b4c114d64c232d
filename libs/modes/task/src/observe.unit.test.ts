import { failure, LIMIT } from '@sympozium/api';
import type { Observation, RunView } from '@sympozium/plugin-sdk';
import { describe, expect, it } from 'vitest';
import * as cluster from './cluster-objects.test.js';
import {
  agentError,
  cancelledMessage,
  deletedAt,
  ENDED,
  envelope,
  jobObject,
  jobSaying,
  MEANWHILE,
  neverStarted,
  podObject,
  running,
  STARTED,
  terminated,
  viewOf,
  waiting,
} from './cluster-objects.test.js';
import type { TaskParams } from './config.js';
import { observeTask } from './observe.js';

const SYNC = 'failed to sync secret cache: timed out waiting for the condition';

type Row = readonly [situation: string, view: RunView<TaskParams>, expected: Partial<Observation>];

const CANCEL = { spec: { cancel: true } };
const RETRY = { spec: { retry: { limit: 1 } } };
const RECORDED = { status: { children: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'hello', uid: 'gone' }] } };
const pod = (status: ReturnType<typeof running>, metadata = {}) => podObject({ status, metadata });
const second = (status: ReturnType<typeof running>) => podObject({ status }, 2);
const drained = (status: ReturnType<typeof running>) =>
  pod(
    { ...status, conditions: [{ type: 'DisruptionTarget', status: 'True', message: 'node is drained' }] },
    deletedAt(MEANWHILE),
  );
const big = (bytes: number) => envelope({ text: 'x'.repeat(bytes) });

/** The rules in their order of precedence, as docs/plugins/modes.md has them. */
const RULES: Readonly<Record<string, readonly Row[]>> = {
  'not made': [
    ['nothing is there yet', viewOf(undefined), { state: 'pending' }],
    ['cancelled before anything', viewOf(undefined, [], CANCEL), { state: 'failed', reason: 'Cancelled' }],
    [
      'cancelled because it could not start',
      viewOf(undefined, [], { ...CANCEL, status: { reason: 'ImagePullFailed', message: 'no such image' } }),
      { state: 'failed', ...failure('Cancelled', 'it could not start (ImagePullFailed): no such image') },
    ],
    [
      'the input is larger than 1 MiB',
      viewOf(undefined, [], { spec: { task: 'x'.repeat(LIMIT.input) } }),
      { state: 'failed', reason: 'InputTooLarge' },
    ],
    ['the Job is fresh', viewOf(jobObject()), { state: 'pending' }],
    ['a Pod is seen before its Job', viewOf(undefined, [pod(running())]), { state: 'running' }],
  ],
  answered: [
    [
      'the Job says nothing yet',
      viewOf(jobObject({ active: 1 }), [pod(terminated(0, envelope()))]),
      { state: 'succeeded' },
    ],
    ['the exit code says failure', viewOf(jobObject(), [pod(terminated(1, envelope()))]), { state: 'succeeded' }],
    [
      'and the Job failed for that exit code',
      viewOf(jobSaying('Failed', 'BackoffLimitExceeded'), [pod(terminated(1, envelope()))]),
      { state: 'succeeded' },
    ],
    [
      'and cancelled meanwhile',
      viewOf(jobObject({}, true), [pod(terminated(0, envelope()))], CANCEL),
      { state: 'succeeded' },
    ],
    [
      'and the deadline passed meanwhile',
      viewOf(jobSaying('FailureTarget', 'DeadlineExceeded'), [pod(terminated(0, envelope()))]),
      { state: 'succeeded' },
    ],
    [
      'and the Job deleted meanwhile',
      viewOf(undefined, [pod(terminated(0, envelope()))], RECORDED),
      { state: 'succeeded' },
    ],
    [
      'by the second attempt',
      viewOf(jobObject({ failed: 1 }), [pod(terminated(1)), second(terminated(0, envelope()))], RETRY),
      { state: 'succeeded', attempts: 2 },
    ],
    [
      'with more than is kept',
      viewOf(jobObject(), [pod(terminated(0, big(LIMIT.result + 1)))]),
      { state: 'failed', reason: 'ResultTooLarge' },
    ],
  ],
  cancelled: [
    ['while the agent works', viewOf(jobObject({ active: 1 }, true), [pod(running())], CANCEL), { state: 'running' }],
    ['before the Job knows', viewOf(jobObject(), [], CANCEL), { state: 'pending' }],
    ['before any Pod', viewOf(jobObject({}, true), [], CANCEL), { state: 'failed', reason: 'Cancelled' }],
    ['while a Pod is made that is not seen', viewOf(jobObject({ active: 1 }, true), [], CANCEL), { state: 'pending' }],
    [
      'while the image is pulled',
      viewOf(jobObject({ active: 1 }, true), [pod(waiting('ContainerCreating'))], CANCEL),
      { state: 'pending' },
    ],
    [
      'before a node took the Pod, which lingers',
      viewOf(
        jobObject({}, true),
        [podObject({ metadata: deletedAt(MEANWHILE), spec: { nodeName: undefined } as never })],
        CANCEL,
      ),
      { state: 'failed', reason: 'Cancelled' },
    ],
    [
      'and the agent said so',
      viewOf(jobObject({ active: 1 }, true), [pod(terminated(0, cancelledMessage()), deletedAt(MEANWHILE))], CANCEL),
      { state: 'failed', reason: 'Cancelled', usage: cluster.USAGE, exitCode: 0, completedAt: ENDED },
    ],
    [
      'and the agent died of it',
      viewOf(jobObject({}, true), [pod(terminated(143), deletedAt(MEANWHILE))], CANCEL),
      { state: 'failed', reason: 'Cancelled', exitCode: 143 },
    ],
    [
      'and the agent called it an error',
      viewOf(jobObject({}, true), [pod(terminated(1, agentError()), deletedAt(MEANWHILE))], CANCEL),
      { state: 'failed', reason: 'Cancelled' },
    ],
    [
      'between two attempts, before the Job knows',
      viewOf(jobObject({ failed: 1 }), [pod(terminated(1))], { spec: { cancel: true, retry: { limit: 1 } } }),
      { state: 'running' },
    ],
    [
      'between two attempts',
      viewOf(jobObject({ failed: 1 }, true), [pod(terminated(1))], { spec: { cancel: true, retry: { limit: 1 } } }),
      { state: 'failed', reason: 'Cancelled' },
    ],
    [
      'after the last attempt failed',
      viewOf(jobObject(), [pod(terminated(1))], CANCEL),
      { state: 'failed', reason: 'Cancelled' },
    ],
    [
      'and the Job is gone',
      viewOf(undefined, [], { ...CANCEL, ...RECORDED }),
      { state: 'failed', reason: 'Cancelled' },
    ],
    [
      'on a node that is lost, until the deadline',
      viewOf(jobSaying('FailureTarget', 'DeadlineExceeded'), [pod(running(), deletedAt(MEANWHILE))], CANCEL),
      { state: 'failed', reason: 'Cancelled' },
    ],
  ],
  'past its deadline': [
    [
      'while the agent works',
      viewOf(jobSaying('FailureTarget', 'DeadlineExceeded'), [pod(running(), deletedAt(MEANWHILE))]),
      { state: 'failed', reason: 'DeadlineExceeded', startedAt: STARTED },
    ],
    [
      'and the agent stopped',
      viewOf(jobSaying('Failed', 'DeadlineExceeded'), [pod(terminated(143, cancelledMessage()), deletedAt(MEANWHILE))]),
      { state: 'failed', reason: 'DeadlineExceeded', usage: cluster.USAGE },
    ],
    [
      'and the Pod is gone',
      viewOf(jobSaying('Failed', 'DeadlineExceeded'), [], { status: { startedAt: STARTED } }),
      { state: 'failed', reason: 'DeadlineExceeded' },
    ],
    [
      'and the image never came',
      viewOf(jobSaying('FailureTarget', 'DeadlineExceeded'), [pod(waiting('ImagePullBackOff'), deletedAt(MEANWHILE))]),
      { state: 'failed', reason: 'ImagePullFailed' },
    ],
    [
      'and only the status still says that the image never came',
      viewOf(
        jobSaying('Failed', 'DeadlineExceeded'),
        [pod(neverStarted('ContainerStatusUnknown'), deletedAt(MEANWHILE))],
        {
          status: { reason: 'ImagePullFailed', message: 'as it was said' },
        },
      ),
      { state: 'failed', reason: 'ImagePullFailed', message: 'as it was said' },
    ],
    [
      'and nobody knows why it never started',
      viewOf(jobSaying('Failed', 'DeadlineExceeded')),
      { state: 'failed', reason: 'StartTimeout', fromAbsence: true },
    ],
  ],
  'the Job failed': [
    [
      'for what the agent said',
      viewOf(jobSaying('Failed', 'BackoffLimitExceeded'), [pod(terminated(1, agentError()))]),
      { state: 'failed', reason: 'ModelError' },
    ],
    [
      'while the last Pod is still seen at work',
      viewOf(jobSaying('Failed', 'BackoffLimitExceeded'), [pod(running())]),
      { state: 'running' },
    ],
    [
      'since somebody deleted the Pod',
      viewOf(jobSaying('Failed', 'BackoffLimitExceeded'), [pod(terminated(143), deletedAt(MEANWHILE))]),
      { state: 'failed', reason: 'Disrupted' },
    ],
    [
      'and its Pod is gone',
      viewOf(jobSaying('Failed', 'BackoffLimitExceeded')),
      { state: 'failed', reason: 'Disrupted', fromAbsence: true },
    ],
    [
      'by a disruption, and its Pod is gone',
      viewOf(jobSaying('Failed', 'PodFailurePolicy', 'Pod hello-1 matched DisruptionTarget')),
      { state: 'failed', reason: 'Disrupted', fromAbsence: true },
    ],
    ['soon, and its Pod is not seen yet', viewOf(jobSaying('FailureTarget', 'PodFailurePolicy')), { state: 'pending' }],
  ],
  lost: [
    [
      'the Job is recorded and gone',
      viewOf(undefined, [], RECORDED),
      { state: 'failed', reason: 'JobLost', fromAbsence: true },
    ],
    [
      'the run had started',
      viewOf(undefined, [], { status: { startedAt: STARTED } }),
      { state: 'failed', reason: 'JobLost' },
    ],
    [
      'the agent still works',
      viewOf(undefined, [pod(running(), deletedAt(MEANWHILE))], RECORDED),
      { state: 'running' },
    ],
    [
      'the agent was left behind',
      viewOf(undefined, [pod(running(), { ownerReferences: [] })], RECORDED),
      { reason: 'JobLost' },
    ],
    [
      'the agent was stopped with it',
      viewOf(undefined, [pod(terminated(143), deletedAt(MEANWHILE))]),
      { state: 'failed', reason: 'JobLost' },
    ],
    [
      'between two attempts',
      viewOf(undefined, [pod(terminated(1, agentError()))], { ...RECORDED, ...RETRY }),
      { reason: 'JobLost' },
    ],
    [
      'after the agent had failed by itself',
      viewOf(undefined, [pod(terminated(1, agentError()))], RECORDED),
      { state: 'failed', reason: 'ModelError' },
    ],
    [
      'the Job is complete and its Pod gone',
      viewOf(jobSaying('Complete')),
      { state: 'failed', reason: 'ResultLost', fromAbsence: true },
    ],
    [
      'the Job is complete and its Pod still seen at work',
      viewOf(jobSaying('Complete'), [pod(running())]),
      { state: 'running' },
    ],
  ],
  'the last attempt failed': [
    [
      'with the agent’s word',
      viewOf(jobObject({ active: 1 }), [pod(terminated(1, agentError('ModelAuthFailed', 'the key is refused')))]),
      { state: 'failed', reason: 'ModelAuthFailed', exitCode: 1, startedAt: STARTED, completedAt: ENDED, attempts: 1 },
    ],
    [
      'with a word of the agent’s own',
      viewOf(jobObject(), [pod(terminated(1, agentError('Tired', 'no more')))]),
      { state: 'failed', reason: 'AgentFailed' },
    ],
    [
      'without a word',
      viewOf(jobObject(), [pod(terminated(3))]),
      { state: 'failed', reason: 'AgentFailed', exitCode: 3 },
    ],
    [
      'with exit code 0 and no result',
      viewOf(jobObject(), [pod(terminated(0))], RETRY),
      { state: 'failed', reason: 'AgentFailed' },
    ],
    [
      'with an error and exit code 0, which the Job takes for success',
      viewOf(jobSaying('Complete'), [pod(terminated(0, agentError()))], RETRY),
      { state: 'failed', reason: 'ModelError' },
    ],
    [
      'since its command does not exist',
      viewOf(jobObject(), [pod(neverStarted('StartError', 'exec: "agent": executable file not found in $PATH'))]),
      { state: 'failed', reason: 'ContainerStartFailed' },
    ],
    ['in a drain', viewOf(jobObject(), [drained(terminated(143))]), { state: 'failed', reason: 'Disrupted' }],
    [
      'in a drain, with a word',
      viewOf(jobObject(), [drained(terminated(1, agentError()))]),
      { state: 'failed', reason: 'Disrupted' },
    ],
    [
      'evicted by its node',
      viewOf(jobObject(), [pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' })]),
      { state: 'failed', reason: 'Disrupted' },
    ],
    [
      'refused by its node',
      viewOf(jobObject(), [pod({ phase: 'Failed', reason: 'OutOfcpu', message: 'not enough' })]),
      { state: 'failed', reason: 'Unschedulable' },
    ],
    [
      'told to stop by nobody we know',
      viewOf(jobObject(), [pod(terminated(0, cancelledMessage()))]),
      { state: 'failed', reason: 'Disrupted' },
    ],
    [
      'stopped, and the Job has not said why',
      viewOf(jobObject({ active: 1 }), [pod(terminated(143), deletedAt(MEANWHILE))]),
      { state: 'running' },
    ],
    [
      'deleted only after its end',
      viewOf(jobObject(), [pod(terminated(1, agentError()), deletedAt(cluster.AFTERWARDS))]),
      { state: 'failed', reason: 'ModelError' },
    ],
    [
      'and another may come',
      viewOf(jobObject({ failed: 1 }), [pod(terminated(1, agentError()))], RETRY),
      { state: 'running' },
    ],
    [
      'and it was the last that may',
      viewOf(jobObject({ failed: 1 }), [pod(terminated(1)), second(terminated(1, agentError()))], RETRY),
      { state: 'failed', reason: 'ModelError', attempts: 2 },
    ],
    ['in a drain, and another may come', viewOf(jobObject(), [drained(terminated(143))], RETRY), { state: 'running' }],
  ],
  'going on': [
    [
      'the agent works',
      viewOf(jobObject({ active: 1 }), [pod(running())]),
      { state: 'running', startedAt: STARTED, attempts: 1 },
    ],
    ['what started stays started', viewOf(jobObject(), [], { status: { startedAt: STARTED } }), { state: 'running' }],
    ['the container is made', viewOf(jobObject(), [pod(waiting('ContainerCreating'))]), { state: 'pending' }],
    [
      'the kubelet is not ready',
      viewOf(jobObject(), [pod(waiting('CreateContainerConfigError', SYNC))]),
      { state: 'pending' },
    ],
  ],
};

describe.each(Object.entries(RULES))('%s', (_rule, rows) => {
  it.each(rows)('%s', (_situation, view, expected) => {
    const seen = observeTask(view);
    expect(seen).toMatchObject(expected);
    if (seen.state === 'pending' && !('reason' in expected)) expect(seen).toEqual({ state: 'pending' });
    if (seen.state === 'failed' && !('fromAbsence' in expected) && seen.reason !== 'JobLost')
      expect(seen).not.toHaveProperty('fromAbsence');
  });
});

it('sees only the run’s own Job, not one that an extension plans', () => {
  const other = { ...jobSaying('Failed', 'BackoffLimitExceeded'), metadata: { name: 'hello-report' } };
  expect(observeTask(viewOf(other))).toEqual({ state: 'pending' });
});
