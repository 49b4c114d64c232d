import { LABEL, LIMIT } from '@sympozium/api';
import type { RunView } from '@sympozium/plugin-sdk';
import type { Job, Pod } from '@sympozium/plugin-sdk/manifests';
import { runView, type RunParts, type ViewParts } from '@sympozium/plugin-sdk/testing';
import { encodeEnvelope, type ResultBody } from '@sympozium/run-protocol';
import type { TaskParams } from './config.js';

/** Jobs and Pods as a real cluster shows them, for tests of what is observed. */

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 2, 3, 4, 5 + seconds)).toISOString().replace('.000', '');

export const STARTED = at(2);
export const ENDED = at(5);
/** Before the agent's end, and after it. */
export const MEANWHILE = at(4);
export const AFTERWARDS = at(9);

export const RUN_UID = '11111111-2222-4333-8444-555555555555';
const JOB_UID = '22222222-2222-4333-8444-555555555555';

export type JobCondition = 'Complete' | 'Failed' | 'FailureTarget' | 'Suspended';

/** The run's Job. */
export function jobObject(status: Job['status'] = {}, suspend = false): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'hello', namespace: 'default', uid: JOB_UID, labels: { [LABEL.runUid]: RUN_UID } },
    spec: { suspend, template: {} },
    status,
  };
}

/** A Job with a condition that is true. */
export const jobSaying = (type: JobCondition, reason = '', message = '', suspend = false): Job =>
  jobObject({ conditions: [{ type, status: 'True', reason, message }], startTime: at(0) }, suspend);

export interface PodParts {
  readonly metadata?: Partial<Pod['metadata']>;
  readonly spec?: Partial<Pod['spec']>;
  readonly status?: Pod['status'];
}

/** The n-th Pod of the run's Job. */
export function podObject({ metadata, spec, status = {} }: PodParts = {}, attempt = 1): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `hello-${attempt}`,
      namespace: 'default',
      uid: `attempt-${attempt}`,
      creationTimestamp: at(attempt),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'hello', uid: JOB_UID, controller: true }],
      ...metadata,
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'agent' }], ...spec },
    status,
  };
}

type State = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']>;

/** Status of a Pod whose agent container is in this state. */
export const agentIn = (state: State, phase = 'Pending'): NonNullable<Pod['status']> => ({
  phase,
  containerStatuses: [
    { name: 'agent', image: 'agent:1', imageID: '', ready: false, restartCount: 0, state },
    { name: 'other', image: 'other:1', imageID: '', ready: false, restartCount: 0, state: { running: {} } },
  ],
});

export const waiting = (reason: string, message?: string): NonNullable<Pod['status']> =>
  agentIn({ waiting: { reason, ...(message !== undefined && { message }) } });

export const running = (): NonNullable<Pod['status']> => agentIn({ running: { startedAt: STARTED } }, 'Running');

/** Status of a Pod whose agent ended with this exit code and termination message. */
export const terminated = (exitCode: number, message?: string, reason?: string): NonNullable<Pod['status']> =>
  agentIn(
    {
      terminated: {
        exitCode,
        startedAt: STARTED,
        finishedAt: ENDED,
        reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
        ...(message !== undefined && { message }),
      },
    },
    exitCode === 0 ? 'Succeeded' : 'Failed',
  );

/** What the kubelet says of a container that it never got to start. */
export const neverStarted = (reason: string, message = ''): NonNullable<Pod['status']> =>
  agentIn(
    {
      terminated: {
        exitCode: reason === 'StartError' ? 128 : 137,
        reason,
        message,
        startedAt: '1970-01-01T00:00:00Z',
        finishedAt: ENDED,
      },
    },
    'Failed',
  );

/** Deleted at `when` with the usual grace period. */
export const deletedAt = (when: string): Partial<Pod['metadata']> => ({
  deletionTimestamp: new Date(Date.parse(when) + 30_000).toISOString().replace('.000', ''),
  deletionGracePeriodSeconds: 30,
});

export const USAGE = { inputTokens: 3, outputTokens: 4, totalTokens: 7 };

/** A termination message. */
export const envelope = (body: Partial<ResultBody> = {}): string =>
  encodeEnvelope(
    { type: 'result', status: 'ok', text: 'Hello', finishReason: 'stop', usage: USAGE, ...body },
    LIMIT.terminationMessage,
  );

export const agentError = (code = 'ModelError', message = 'the provider answered 500'): string =>
  envelope({ status: 'error', finishReason: 'error', text: '', error: { code, message } });

export const cancelledMessage = (): string => envelope({ status: 'cancelled', finishReason: 'cancelled', text: 'Hel' });

/** A view of the run with its Job and Pods; what is left out is not there. */
export const viewOf = (
  job: Job | undefined,
  pods: readonly Pod[] = [],
  run: RunParts = {},
  parts: ViewParts<TaskParams> = {},
): RunView<TaskParams> => runView({ ...parts, run, children: job ? [job] : [], related: pods });
