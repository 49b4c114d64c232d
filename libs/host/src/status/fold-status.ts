import { CONDITION, isTerminal, mayGo, type AgentRunStatus, type Condition, type Phase } from '@sympozium/api';
import { isDeepStrictEqual } from 'node:util';
import { childRef, type ChildRef } from '../cluster/child-ledger.js';
import { without } from '../without.js';
import { foldConditions, wordsOf } from './conditions.js';
import { giveUpAt } from './give-up.js';
import { hinder } from './hinder.js';
import type { Outcome } from './outcome.js';
import type { RunFacts } from './run-facts.js';
import { rfc3339 } from './time.js';

export interface Folded {
  /** The very status of the run when there is nothing new to say. */
  readonly status: AgentRunStatus;
  /** When time alone may make it say something else. */
  readonly recheckAfterMs?: number;
}

/** `Running` is written this long after the start, whose stamp has whole seconds: shorter runs pass it in one write. */
const RUNNING_AFTER_MS = 2_000;
/** As many as the schema takes. */
const MAX_CHILDREN = 32;

const PHASE: Readonly<Record<Outcome['state'], Phase>> = {
  pending: 'Pending',
  running: 'Running',
  serving: 'Serving',
  succeeded: 'Succeeded',
  failed: 'Failed',
};

/**
 * The status that follows from what is the case. A terminal phase never changes, no phase goes back, and what says
 * nothing new makes no write: `Pending` without a reason is the schema's default, `Running` waits for two seconds.
 */
export function foldStatus(facts: RunFacts): Folded {
  const { run, lifecycle, now } = facts;
  if (isTerminal(run.status.phase)) return { status: run.status };
  const outcome = hinder(facts);
  const phase = mayGo(lifecycle, run.status.phase, PHASE[outcome.state]) ? PHASE[outcome.state] : run.status.phase;
  const early = phase === 'Running' && run.status.phase === 'Pending' ? earliness(outcome, now) : 0;
  if (early > 0) return { status: run.status, recheckAfterMs: early };
  const next = nextStatus(facts, outcome, phase);
  const recheck = recheckAfter(facts, outcome, phase);
  return {
    status: isNews(run.status, next) ? next : run.status,
    ...(recheck !== undefined && { recheckAfterMs: recheck }),
  };
}

/** The earlier of what the plugin asked for and the time at which the run is given up. */
function recheckAfter(facts: RunFacts, outcome: Outcome, phase: Phase): number | undefined {
  if (isTerminal(phase)) return undefined;
  const first = Math.min(outcome.recheckAfterMs ?? Infinity, giveUpAt(facts) - facts.now);
  return first === Infinity ? undefined : Math.max(1, first);
}

const earliness = (outcome: Outcome, now: number): number =>
  outcome.state === 'running' && outcome.startedAt !== undefined
    ? Date.parse(outcome.startedAt) + RUNNING_AFTER_MS - now
    : 0;

function nextStatus(facts: RunFacts, outcome: Outcome, phase: Phase): AgentRunStatus {
  const { run, mode, now } = facts;
  const { generation = 0 } = run.metadata;
  const next: AgentRunStatus = {
    ...without(run.status, 'reason', 'message'),
    ...workOf(run.status, outcome),
    ...(isTerminal(phase) && { completedAt: endOf(outcome, now) }),
    ...explanation(facts, outcome),
    ...answer(outcome),
    phase,
    ...(mode !== undefined && { mode }),
    observedGeneration: Math.max(run.status.observedGeneration ?? 0, generation),
    children: childrenOf(facts),
  };
  return { ...next, conditions: conditionsOf(facts, outcome, next) };
}

/** What the work says of itself; the first start counts. */
function workOf(old: AgentRunStatus, outcome: Outcome): Partial<AgentRunStatus> {
  if (outcome.state === 'pending' || outcome.state === 'serving') return {};
  const { attempts, exitCode, usage } = outcome;
  const startedAt = old.startedAt ?? outcome.startedAt;
  return {
    ...(startedAt !== undefined && { startedAt }),
    ...(attempts !== undefined && { attempts }),
    ...(exitCode !== undefined && { exitCode }),
    ...(usage && { usage }),
  };
}

const endOf = (outcome: Outcome, now: number): string =>
  (outcome.state === 'succeeded' || outcome.state === 'failed' ? outcome.completedAt : undefined) ?? rfc3339(now);

/** Why it is so; the same reason keeps its words where they may vary from one look to the next. */
function explanation({ run, obstacle }: RunFacts, outcome: Outcome): Partial<AgentRunStatus> {
  if (outcome.state === 'failed') {
    const { reason, message } = outcome;
    return { reason, message, error: { code: reason, message } };
  }
  if (outcome.state !== 'pending' || outcome.reason === undefined) return {};
  const { reason, message = '' } = outcome;
  const keeps = run.status.reason === reason && obstacle?.condition !== CONDITION.accepted;
  return { reason, message: keeps ? (run.status.message ?? message) : message };
}

function answer(outcome: Outcome): Partial<AgentRunStatus> {
  if (outcome.state === 'serving') return { endpoint: outcome.endpoint };
  if (outcome.state !== 'succeeded') return {};
  return { result: outcome.result, ...(outcome.preview !== '' && { resultPreview: outcome.preview }) };
}

function childrenOf({ children, known }: RunFacts): ChildRef[] {
  const all = [...known, ...children.map(childRef)].map((child) => [`${child.kind}/${child.name}`, child] as const);
  return [...new Map(all).values()].slice(0, MAX_CHILDREN);
}

const conditionsOf = ({ run, children, obstacle, now }: RunFacts, outcome: Outcome, next: AgentRunStatus) =>
  foldConditions(run.status.conditions ?? [], {
    outcome,
    obstacle,
    phase: next.phase,
    generation: run.metadata.generation,
    createdAt: run.metadata.creationTimestamp ?? rfc3339(now),
    appliedAt: children
      .map(({ metadata }) => metadata.creationTimestamp)
      .sort()
      .at(-1),
    startedAt: next.startedAt,
    completedAt: next.completedAt,
    now,
  });

/** Whether a reader would learn something that is worth a write; numbers, most words and lists come along with it. */
function isNews(old: AgentRunStatus, next: AgentRunStatus): boolean {
  const silent = next.phase === 'Pending' && next.reason === undefined && old.reason === undefined;
  return !silent && !isDeepStrictEqual(headlines(old), headlines(next));
}

const headlines = ({ phase, reason, endpoint, conditions = [], observedGeneration }: AgentRunStatus) => ({
  phase,
  reason,
  endpoint,
  conditions: conditions.map(({ type, status, reason: why, message }: Condition) => ({
    type,
    status,
    why,
    words: wordsOf({ type, message }),
  })),
  // A server is edited in place, and whoever edits it waits for this.
  ...(phase === 'Serving' && { observedGeneration }),
});
