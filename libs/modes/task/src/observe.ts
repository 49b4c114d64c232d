import { LIMIT, POD as NAMES, type ErrorCode } from '@sympozium/api';
import type { Observation, ObservedResult, ObservedView, ObservedWork } from '@sympozium/plugin-sdk';
import type { Job } from '@sympozium/plugin-sdk/manifests';
import type { Envelope } from '@sympozium/run-protocol';
import { readAttempt, type Attempt } from './attempt.js';
import type { TaskParams } from './config.js';
import { attemptFailure, failure, type Failure } from './failure.js';
import { encodeInput } from './input.js';
import { jobHistory, type JobHistory } from './job-history.js';
import { sentence } from './sentence.js';
import { START_REASONS, startObstacle } from './start-obstacle.js';

type View = ObservedView<TaskParams>;

/** Everything the rules look at, read once. */
interface Facts extends JobHistory {
  readonly view: View;
  readonly attempts: readonly Attempt[];
  readonly last: Attempt | undefined;
  /** No agent works, or is about to by what is seen. */
  readonly idle: boolean;
  /** The Job's own word on why it fails; `final` once its Pods are over. */
  readonly verdict: { readonly reason: string; readonly message: string; readonly final: boolean } | undefined;
}

type Rule = (facts: Facts) => Observation | undefined;

/**
 * In order of precedence; the first that answers decides, and what none decides goes on.
 * Pods are believed before the Job, whose word comes seconds later (docs/plugins/modes.md has the table).
 */
const RULES: readonly Rule[] = [notMade, cancelled, answered, failedByJob, lost, failedByAttempt];

/** What is the case, from the Pods' container status first and the Job second. */
export function observeTask(view: View): Observation {
  const facts = readFacts(view);
  for (const rule of RULES) {
    const observation = rule(facts);
    if (observation) return observation;
  }
  return goingOn(facts);
}

function readFacts(view: View): Facts {
  const history = jobHistory(view);
  const attempts = history.pods.map(readAttempt);
  return {
    ...history,
    view,
    attempts,
    last: attempts.at(-1),
    idle: attempts.every((attempt) => attempt.ended),
    verdict: jobVerdict(history.job),
  };
}

function jobVerdict(job: Job | undefined): Facts['verdict'] {
  const said = (wanted: string) =>
    job?.status?.conditions?.find(({ type, status }) => type === wanted && status === 'True');
  const condition = said('Failed') ?? said('FailureTarget');
  return (
    condition && {
      reason: condition.reason ?? '',
      message: condition.message ?? '',
      final: condition.type === 'Failed',
    }
  );
}

function notMade({ made, view }: Facts): Observation | undefined {
  if (made) return undefined;
  if (view.run.spec.cancel === true) return { state: 'failed', ...failure('Cancelled') };
  const { instance, skills, run } = view;
  const tooLarge = instance && skills && encodeInput({ run, instance, skills }).road === 'too-large';
  return tooLarge ? { state: 'failed', ...failure('InputTooLarge') } : { state: 'pending' };
}

/** The user's word goes before every result: nobody waits for one that ends after it. */
function cancelled(facts: Facts): Observation | undefined {
  if (facts.view.run.spec.cancel !== true || !facts.idle) return undefined;
  const over = facts.last !== undefined || facts.job === undefined || facts.job.spec.suspend === true;
  return over ? failed(facts, failure('Cancelled')) : undefined;
}

function answered(facts: Facts): Observation | undefined {
  const attempt = facts.attempts.find(({ envelope }) => envelope?.status === 'ok');
  if (!attempt?.envelope) return undefined;
  if (attempt.envelope.bytes > LIMIT.result) return failed(facts, failure('ResultTooLarge'), attempt);
  return { state: 'succeeded', result: resultOf(attempt, attempt.envelope), ...work(facts, attempt) };
}

function failedByJob(facts: Facts): Observation | undefined {
  const { verdict, idle } = facts;
  if (!verdict || !(verdict.final || idle)) return undefined;
  return failed(facts, verdictFailure(facts, verdict));
}

function verdictFailure(facts: Facts, verdict: NonNullable<Facts['verdict']>): Failure {
  const { last } = facts;
  if (verdict.reason === 'DeadlineExceeded') return deadline(facts);
  if (last?.ended) return attemptFailure(last);
  if (verdict.reason === 'PodFailurePolicy') return failure('Disrupted', verdict.message);
  return failure('Disrupted', 'its Pod was deleted before its result was seen');
}

/** A run that never started fails for what kept it, which its Pod or its own status still names. */
function deadline(facts: Facts): Failure {
  const { status, spec } = facts.view.run;
  if (startedAt(facts) !== undefined) return failure('DeadlineExceeded', `spec.timeout is ${spec.timeout}`);
  const obstacle = facts.last && startObstacle(facts.last);
  if (obstacle) return failure(obstacle.reason, obstacle.detail);
  if (status.reason !== undefined && START_REASONS.has(status.reason))
    return { reason: status.reason as ErrorCode, message: status.message ?? sentence(status.reason as ErrorCode) };
  return failure('StartTimeout', `spec.timeout is ${spec.timeout}`);
}

/** A task runs once: what is recorded and gone does not come again. */
function lost(facts: Facts): Observation | undefined {
  const { job, recorded, idle, last } = facts;
  if (!idle) return undefined;
  if (job === undefined)
    return recorded && last?.envelope?.status !== 'error' ? failed(facts, failure('JobLost')) : undefined;
  return isComplete(job) && !last
    ? failed(facts, failure('ResultLost', 'the Pod was deleted before it was seen'))
    : undefined;
}

function failedByAttempt(facts: Facts): Observation | undefined {
  const { last, job } = facts;
  if (!last?.ended) return undefined;
  // Who asked for the Pod's end is the Job's to say: its deadline or somebody else.
  if (job && last.stopped && !last.disrupted && last.envelope?.status !== 'error' && !isComplete(job)) return undefined;
  const final = last.disrupted || last.exitCode === 0 || failures(facts) > facts.view.run.spec.retry.limit;
  return final ? failed(facts, attemptFailure(last)) : undefined;
}

const isComplete = (job: Job): boolean =>
  (job.status?.conditions ?? []).some(({ type, status }) => type === 'Complete' && status === 'True');

function goingOn(facts: Facts): Observation {
  if (startedAt(facts) !== undefined) return { state: 'running', ...work(facts, undefined) };
  const obstacle = facts.last && startObstacle(facts.last);
  if (!obstacle) return { state: 'pending' };
  return { state: 'pending', reason: obstacle.reason, message: sentence(obstacle.reason, obstacle.detail) };
}

const failures = ({ attempts, job }: Facts): number =>
  Math.max(attempts.filter((attempt) => attempt.ended && attempt.exitCode !== 0).length, job?.status?.failed ?? 0);

const failed = (facts: Facts, why: Failure, attempt = facts.last): Observation => ({
  state: 'failed',
  ...why,
  ...work(facts, attempt?.ended ? attempt : undefined),
});

const startedAt = ({ attempts, view }: Facts): string | undefined =>
  attempts.map((attempt) => attempt.startedAt).find((time) => time !== undefined) ?? view.run.status.startedAt;

/** Facts for status; `end` is the attempt that decided. */
function work(facts: Facts, end: Attempt | undefined): ObservedWork {
  const started = startedAt(facts);
  const attempts = attemptCount(facts);
  const usage = end?.envelope?.usage;
  return {
    ...(started !== undefined && { startedAt: started }),
    ...(end?.finishedAt !== undefined && { completedAt: end.finishedAt }),
    ...(attempts > 0 && { attempts }),
    ...(end?.exitCode !== undefined && { exitCode: end.exitCode }),
    ...(usage && { usage }),
  };
}

function attemptCount({ attempts, job }: Facts): number {
  const { active = 0, failed: lostOnes = 0, succeeded = 0 } = job?.status ?? {};
  return Math.max(attempts.length, active + lostOnes + succeeded);
}

function resultOf({ pod }: Attempt, envelope: Envelope): ObservedResult {
  const { finishReason, toolCalls, text, bytes, sha256 } = envelope;
  const content: ObservedResult['content'] =
    text !== undefined || bytes === 0
      ? { from: 'inline', text: text ?? '' }
      : {
          from: 'pod-log',
          pod: pod.metadata.name,
          container: NAMES.agentContainer,
          attempt: pod.metadata.uid ?? '',
          bytes,
          sha256,
        };
  return { finishReason, ...(toolCalls && { toolCalls }), content };
}
