import { failure, LIMIT, type AgentRun, type ErrorCode, type Failure } from '@sympozium/api';
import type { Observation } from '@sympozium/plugin-sdk';
import type { AttemptEnd } from './attempt.js';
import { readFacts, startOf, type Facts, type TaskView } from './facts.js';
import { attemptFailure } from './failure.js';
import { encodeInput } from './input.js';
import { isAtRest, isComplete, isFinished, isPastDeadline, verdictOf } from './job-state.js';
import { failed, failedUnseen, resultOf, work } from './report.js';
import { START_REASONS, startObstacle } from './start-obstacle.js';

type Rule = (facts: Facts) => Observation | undefined;

/**
 * In order of precedence; the first that answers decides, and what none decides goes on.
 * Pods are believed before the Job, whose word comes seconds later. docs/plugins/modes.md has the table.
 */
const RULES: readonly Rule[] = [notMade, answered, cancelled, pastDeadline, jobFailed, lost, attemptFailed];

/** What is the case, from the Pods' container status first and the Job second. */
export function observeTask(view: TaskView): Observation {
  const facts = readFacts(view);
  for (const rule of RULES) {
    const observation = rule(facts);
    if (observation) return observation;
  }
  return goingOn(facts);
}

function notMade({ made, view: { run, instance, skills } }: Facts): Observation | undefined {
  if (made) return undefined;
  if (run.spec.cancel === true) return { state: 'failed', ...cancellation(run) };
  const tooLarge = instance && skills && encodeInput({ run, instance, skills }).road === 'too-large';
  return tooLarge ? { state: 'failed', ...failure('InputTooLarge') } : { state: 'pending' };
}

/** A whole answer counts, whatever the exit code and even if a cancel or the deadline came meanwhile: it was given. */
function answered(facts: Facts): Observation | undefined {
  const attempt = facts.attempts.find(({ end }) => end?.envelope?.status === 'ok');
  const envelope = attempt?.end?.envelope;
  if (!attempt || !envelope) return undefined;
  if (envelope.bytes > LIMIT.result) return failed(facts, failure('ResultTooLarge'), attempt);
  return { state: 'succeeded', result: resultOf(attempt, envelope), ...work(facts, attempt) };
}

/** The user's word goes before every other failure, once nothing works and nothing will. */
function cancelled(facts: Facts): Observation | undefined {
  const { job, idle, exhausted, view } = facts;
  if (view.run.spec.cancel !== true) return undefined;
  const over = isPastDeadline(job) || (idle && (job === undefined || exhausted || isFinished(job) || isAtRest(job)));
  return over ? failed(facts, cancellation(view.run)) : undefined;
}

/** Who waits for a run that cannot start gives it up; its status goes on saying what kept it. */
const cancellation = ({ status: { startedAt, reason, message = '' } }: AgentRun): Failure =>
  failure(
    'Cancelled',
    startedAt === undefined && reason !== undefined ? `it could not start (${reason}): ${message}` : undefined,
  );

/** The Job's decision is enough: a Pod on a lost node would never confirm its end. */
function pastDeadline(facts: Facts): Observation | undefined {
  if (!isPastDeadline(facts.job)) return undefined;
  const { timeout } = facts.view.run.spec;
  if (startOf(facts) !== undefined) return failed(facts, failure('DeadlineExceeded', `spec.timeout is ${timeout}`));
  const known = obstacle(facts) ?? recordedObstacle(facts);
  return known ? failed(facts, known) : failedUnseen(facts, failure('StartTimeout', startDetail(facts)));
}

const obstacle = ({ last }: Facts): Failure | undefined => last && startObstacle(last);

/** What the run's own status still names when its Pod is gone. */
function recordedObstacle({ view }: Facts): Failure | undefined {
  const { reason = '', message = '' } = view.run.status;
  return START_REASONS.has(reason) ? { reason: reason as ErrorCode, message } : undefined;
}

function startDetail({ last, job, view }: Facts): string {
  const where = last ? `Pod ${last.pod.metadata.name}` : `Job ${job?.metadata.name}, which made no Pod`;
  return `spec.timeout is ${view.run.spec.timeout}; see the events of ${where}`;
}

/** The Job gave up, and every Pod that is seen is over; one that is not will be, or vanish, a moment later. */
function jobFailed(facts: Facts): Observation | undefined {
  const { job, last, idle } = facts;
  const verdict = verdictOf(job);
  if (!job || !verdict || !idle) return undefined;
  if (last?.end) return failed(facts, attemptFailure(last, last.end));
  const detail = verdict.reason === 'PodFailurePolicy' ? verdict.message : 'its Pod was gone before its end was seen';
  return isFinished(job) ? failedUnseen(facts, failure('Disrupted', detail)) : undefined;
}

/** A task runs once: what was there and is gone does not come again. */
function lost(facts: Facts): Observation | undefined {
  const { job, last, exhausted } = facts;
  if (job) {
    const unseen = isComplete(job) && !last;
    return unseen ? failedUnseen(facts, failure('ResultLost', 'its Pod was gone before it was seen')) : undefined;
  }
  const endedByItself = exhausted && last?.end?.stopped === false;
  return abandoned(facts) && !endedByItself ? failedUnseen(facts, failure('JobLost')) : undefined;
}

/** Nothing works any more, or what works was left behind by a Job that is known to have been there. */
const abandoned = ({ attempts, recorded }: Facts): boolean =>
  attempts.every(({ end, orphaned }) => end !== undefined || (recorded && orphaned));

function attemptFailed(facts: Facts): Observation | undefined {
  const { last, exhausted } = facts;
  if (!last?.end || !exhausted || awaitsVerdict(facts, last.end)) return undefined;
  return failed(facts, attemptFailure(last, last.end));
}

/** Who asked for a Pod's end is the Job's to say: its deadline, or somebody else. */
const awaitsVerdict = ({ job }: Facts, end: AttemptEnd): boolean =>
  job !== undefined && end.stopped && !isFinished(job);

function goingOn(facts: Facts): Observation {
  if (startOf(facts) !== undefined) return { state: 'running', ...work(facts) };
  const why = obstacle(facts);
  return why ? { state: 'pending', reason: why.reason, message: steady(why, facts) } : { state: 'pending' };
}

/** Their texts change from one try to the next; the first one stays, so that a waiting run costs one write. */
const VARYING: ReadonlySet<string> = new Set<ErrorCode>(['ImagePullFailed', 'Unschedulable']);

function steady({ reason, message }: Failure, { view }: Facts): string {
  const said = view.run.status;
  return VARYING.has(reason) && said.reason === reason ? (said.message ?? message) : message;
}
