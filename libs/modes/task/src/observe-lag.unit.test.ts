import type { Observation } from '@sympozium/plugin-sdk';
import type { Job, Pod } from '@sympozium/plugin-sdk/manifests';
import type { RunParts } from '@sympozium/plugin-sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agentError,
  cancelledMessage,
  deletedAt,
  envelope,
  jobObject,
  jobSaying,
  MEANWHILE,
  neverStarted,
  podObject,
  running,
  terminated,
  viewOf,
  waiting,
} from './cluster-objects.test.js';
import { observeTask } from './observe.js';

/**
 * What really happens to a run's Job and Pods, one state after the other. Two watches tell it, each in its own time:
 * every pairing of a state of the one with a state of the other may be seen.
 */
interface Story {
  readonly run?: RunParts;
  readonly jobs: readonly (Job | undefined)[];
  readonly pods: readonly (readonly Pod[])[];
  readonly ends: string;
}

const pod = (status: ReturnType<typeof running>, metadata = {}, attempt = 1) =>
  podObject({ status, metadata }, attempt);
const stopping = deletedAt(MEANWHILE);
const gone = deletedAt(MEANWHILE);
const [creating, working] = [pod(waiting('ContainerCreating')), pod(running())];
const [noJob, made, counted, failedOnce] = [undefined, jobObject(), jobObject({ active: 1 }), jobObject({ failed: 1 })];
const gaveUp = [jobSaying('FailureTarget', 'BackoffLimitExceeded'), jobSaying('Failed', 'BackoffLimitExceeded')];
const deadline = [jobSaying('FailureTarget', 'DeadlineExceeded'), jobSaying('Failed', 'DeadlineExceeded')];
const suspended = [jobObject({ active: 1 }, true), jobSaying('Suspended', '', '', true)];
const retry = { spec: { retry: { limit: 1 } } };
const cancel = { spec: { cancel: true } };
const recorded = { status: { children: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'hello', uid: 'gone' }] } };

const STORIES: Readonly<Record<string, Story>> = {
  'the agent answers': {
    jobs: [noJob, made, counted, jobSaying('Complete')],
    pods: [[], [creating], [working], [pod(terminated(0, envelope()))]],
    ends: 'succeeded',
  },
  'the agent answers with a bad exit code': {
    jobs: [noJob, made, counted, ...gaveUp],
    pods: [[], [creating], [working], [pod(terminated(1, envelope()))]],
    ends: 'succeeded',
  },
  'the agent fails': {
    jobs: [noJob, made, counted, ...gaveUp],
    pods: [[], [creating], [working], [pod(terminated(1, agentError()))]],
    ends: 'ModelError',
  },
  'the agent crashes': {
    jobs: [noJob, made, counted, ...gaveUp],
    pods: [[], [working], [pod(terminated(139))]],
    ends: 'AgentFailed',
  },
  'the command does not exist': {
    jobs: [noJob, made, counted, ...gaveUp],
    pods: [[], [creating], [pod(neverStarted('StartError', 'not found'))]],
    ends: 'ContainerStartFailed',
  },
  'the deadline passes': {
    jobs: [noJob, made, counted, ...deadline],
    pods: [[], [working], [pod(running(), stopping)], [pod(terminated(143, cancelledMessage()), gone)]],
    ends: 'DeadlineExceeded',
  },
  'the deadline passes and the agent calls it an error': {
    jobs: [noJob, made, counted, ...deadline],
    pods: [[], [working], [pod(running(), stopping)], [pod(terminated(1, agentError()), gone)]],
    ends: 'DeadlineExceeded',
  },
  'a node is drained': {
    jobs: [
      noJob,
      made,
      counted,
      jobSaying('FailureTarget', 'PodFailurePolicy'),
      jobSaying('Failed', 'PodFailurePolicy'),
    ],
    pods: [[], [working], [pod(disrupted(running()), stopping)], [pod(disrupted(terminated(143)), gone)]],
    ends: 'Disrupted',
  },
  'somebody deletes the Pod': {
    jobs: [noJob, made, counted, ...gaveUp],
    pods: [[], [working], [pod(running(), stopping)], [pod(terminated(143), gone)]],
    ends: 'Disrupted',
  },
  'somebody deletes the Pod and the agent exits in peace': {
    jobs: [noJob, made, counted, jobSaying('Complete')],
    pods: [[], [working], [pod(running(), stopping)], [pod(terminated(0, cancelledMessage()), gone)]],
    ends: 'Disrupted',
  },
  'the run is cancelled': {
    run: cancel,
    jobs: [made, counted, ...suspended],
    pods: [[working], [pod(running(), stopping)], [pod(terminated(0, cancelledMessage()), gone)]],
    ends: 'Cancelled',
  },
  'the run is cancelled between two attempts': {
    run: { spec: { cancel: true, retry: { limit: 1 } } },
    jobs: [failedOnce, jobObject({ failed: 1 }, true), jobSaying('Suspended', '', '', true)],
    pods: [[pod(terminated(1, agentError()))]],
    ends: 'Cancelled',
  },
  'the second attempt answers': {
    run: retry,
    jobs: [noJob, made, failedOnce, jobObject({ failed: 1, active: 1 }), jobSaying('Complete')],
    pods: [
      [],
      [working],
      [pod(terminated(1, agentError()))],
      [pod(terminated(1, agentError())), pod(running(), {}, 2)],
      [pod(terminated(1, agentError())), pod(terminated(0, envelope()), {}, 2)],
    ],
    ends: 'succeeded',
  },
  'somebody deletes the Job': {
    run: recorded,
    jobs: [made, counted, noJob],
    pods: [[working], [pod(running(), stopping)], [pod(terminated(143), gone)]],
    ends: 'JobLost',
  },
};

function disrupted(status: ReturnType<typeof running>): ReturnType<typeof running> {
  return { ...status, conditions: [{ type: 'DisruptionTarget', status: 'True' }] };
}

interface Sight {
  readonly job: number;
  readonly pods: number;
  readonly verdict: string | undefined;
}

/** What is observed in every pairing. */
const sights = ({ jobs, pods, run }: Story): readonly Sight[] =>
  jobs.flatMap((job, j) =>
    pods.map((seen, p) => {
      const observation = observeTask(viewOf(job, seen, run));
      // A verdict from absence is confirmed only where the API server, asked at the end, says the same.
      const confirmed = j === jobs.length - 1 && p === pods.length - 1;
      return { job: j, pods: p, verdict: verdict(observation, confirmed) };
    }),
  );

function verdict(seen: Observation, confirmed: boolean): string | undefined {
  if (seen.state === 'succeeded') return 'succeeded';
  return seen.state === 'failed' && (confirmed || !seen.fromAbsence) ? seen.reason : undefined;
}

describe.each(Object.entries(STORIES))('%s', (_name, story) => {
  it(`ends as ${story.ends}`, () => {
    expect(sights(story).at(-1)?.verdict).toBe(story.ends);
  });

  it('is never judged otherwise, whichever watch is behind', () => {
    const verdicts = sights(story).flatMap((sight) => sight.verdict ?? []);
    expect([...new Set(verdicts)]).toEqual([story.ends]);
  });

  it('stays judged once it is', () => {
    const all = sights(story);
    const lapses = all
      .filter(({ verdict }) => verdict !== undefined)
      .flatMap((early) => all.filter((late) => late.job >= early.job && late.pods >= early.pods && !late.verdict));
    expect(lapses).toEqual([]);
  });
});

describe('any status at all', () => {
  const text = fc.oneof(fc.constantFrom('', 'Failed', 'Complete', 'DeadlineExceeded', 'StartError'), fc.string());
  const time = fc.oneof(fc.constantFrom('2026-01-02T03:04:05Z', '1970-01-01T00:00:00Z', 'never'), fc.string());
  const optional = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T) =>
    fc.record(fields, { requiredKeys: [] });
  const conditions = fc.array(
    fc.record({
      type: fc.constantFrom('Failed', 'Complete', 'FailureTarget', 'DisruptionTarget', 'PodScheduled'),
      status: fc.constantFrom('True', 'False', 'Unknown'),
      reason: text,
      message: fc.string({ unit: 'binary' }),
    }),
  );
  const message = fc.oneof(
    fc.constantFrom(envelope(), agentError(), cancelledMessage(), '{', 'null'),
    fc.string({ unit: 'binary' }),
    fc.json(),
  );
  const state = fc.oneof(
    optional({ running: optional({ startedAt: time }) }),
    optional({ waiting: optional({ reason: text, message: fc.string() }) }),
    optional({
      terminated: fc.record(
        { exitCode: fc.integer(), reason: text, message, startedAt: time, finishedAt: time },
        { requiredKeys: ['exitCode'] },
      ),
    }),
  );
  const pods = fc.array(
    fc.record({
      status: optional({
        phase: text,
        reason: text,
        conditions,
        containerStatuses: fc.array(fc.record({ name: fc.constantFrom('agent', 'other'), state })),
      }),
      metadata: optional({ deletionTimestamp: time, deletionGracePeriodSeconds: fc.nat(), creationTimestamp: time }),
    }),
    { maxLength: 3 },
  );
  const job = fc.option(
    fc.record({ status: optional({ conditions, active: fc.nat(), failed: fc.nat() }), suspend: fc.boolean() }),
    { nil: undefined },
  );
  const run = fc.record({ spec: optional({ cancel: fc.boolean(), retry: fc.record({ limit: fc.nat(10) }) }) });

  it('is answered, with a message wherever there is a reason', () => {
    fc.assert(
      fc.property(job, pods, run, (jobParts, podParts, runParts) => {
        const seen = observeTask(
          viewOf(
            jobParts && jobObject(jobParts.status as Job['status'], jobParts.suspend),
            podParts.map((parts, at) => podObject(parts as Parameters<typeof podObject>[0], at)),
            runParts as RunParts,
          ),
        );
        expect(seen.state).toMatch(/^(pending|running|succeeded|failed)$/);
        if ('reason' in seen) expect(seen.message).toMatch(/\S/);
        expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
      }),
      { numRuns: 1000 },
    );
  });

  it('never takes a run that started back to Pending', () => {
    const started = { status: { phase: 'Running' as const, startedAt: '2026-01-02T03:04:07Z' } };
    fc.assert(
      fc.property(job, pods, (jobParts, podParts) => {
        const seen = observeTask(
          viewOf(
            jobParts && jobObject(jobParts.status as Job['status'], jobParts.suspend),
            podParts.map((parts, at) => podObject(parts as Parameters<typeof podObject>[0], at)),
            started,
          ),
        );
        expect(seen).toMatchObject(seen.state === 'running' ? { startedAt: started.status.startedAt } : {});
        expect(seen.state).not.toBe('pending');
      }),
    );
  });
});
