import { mayGo, type AgentRunStatus, type Phase } from '@sympozium/api';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obstacle } from '../plan/obstacle.js';
import { foldStatus } from './fold-status.js';
import type { RunFacts } from './run-facts.js';
import type { Outcome } from './outcome.js';

const CREATED = Date.parse('2026-01-02T03:04:05Z');
const at = (seconds: number): string => `${new Date(CREATED + seconds * 1000).toISOString().slice(0, 19)}Z`;

interface Parts {
  readonly status?: AgentRunStatus;
  readonly generation?: number;
  readonly afterMs?: number;
  readonly lifecycle?: RunFacts['lifecycle'];
  readonly obstacle?: RunFacts['obstacle'];
  readonly madeAt?: string;
  readonly cancel?: boolean;
}

const fold = (
  outcome: Outcome,
  {
    status = { phase: 'Pending' },
    generation = 1,
    afterMs = 0,
    lifecycle = 'once',
    cancel = false,
    ...rest
  }: Parts = {},
) =>
  foldStatus({
    run: { ...agentRun({ metadata: { generation }, spec: { timeout: '10m', cancel } }), status },
    mode: 'task',
    lifecycle,
    outcome,
    children: [],
    known: [],
    now: CREATED + afterMs,
    ...rest,
  });

const running: Outcome = { state: 'running', startedAt: at(3) };
const failed: Outcome = { state: 'failed', reason: 'AgentFailed', message: 'it broke' };
const succeeded: Outcome = { state: 'succeeded', result: { finishReason: 'stop', text: 'hi' }, preview: 'hi' };

const PENDING: AgentRunStatus = { phase: 'Pending' };
const RUNNING: AgentRunStatus = { phase: 'Running', startedAt: at(5) };
const PENDING_YET: Outcome = { state: 'pending' };
const UNPULLED: Outcome = { state: 'pending', reason: 'ImagePullFailed' };

describe('foldStatus', () => {
  it('says nothing of a run that is pending without a reason', () => {
    expect(fold({ state: 'pending' })).toEqual({ status: { phase: 'Pending' }, recheckAfterMs: 660_000 });
  });

  it('asks for the moment at which Running is worth a write', () => {
    expect(fold(running, { afterMs: 3_400 })).toEqual({ status: { phase: 'Pending' }, recheckAfterMs: 1_600 });
    expect(fold(running, { afterMs: 5_000 }).status).toMatchObject({ phase: 'Running', startedAt: at(3) });
  });

  it('keeps the first start and the times of what did not change', () => {
    const first = fold(running, { afterMs: 5_000 }).status;
    const later = fold({ ...failed, startedAt: at(60) }, { status: first, afterMs: 90_000 }).status;
    expect(later).toMatchObject({ startedAt: at(3), completedAt: at(90) });
    const times = Object.fromEntries((later.conditions ?? []).map((c) => [c.type, c.lastTransitionTime]));
    expect(times).toEqual({ Accepted: at(0), Applied: at(0), Ready: at(90), Succeeded: at(90) });
  });

  it('does not write for a new attempt, nor for a new generation of a run that works once', () => {
    const status = fold(running, { afterMs: 5_000 }).status;
    expect(fold({ ...running, attempts: 2 }, { status, generation: 2, afterMs: 9_000 }).status).toBe(status);
  });

  it('does for a server, whose editor waits for its generation', () => {
    const serving: Outcome = { state: 'serving', endpoint: { url: 'http://a' } };
    const status = fold(serving, { lifecycle: 'serving' }).status;
    expect(status).toMatchObject({ phase: 'Serving', endpoint: { url: 'http://a' }, observedGeneration: 1 });
    expect(fold(serving, { lifecycle: 'serving', status }).status).toBe(status);
    expect(fold(serving, { lifecycle: 'serving', status, generation: 2 }).status.observedGeneration).toBe(2);
  });

  it('keeps a broken server Serving, not ready', () => {
    const status = fold({ state: 'serving', endpoint: { url: 'http://a' } }, { lifecycle: 'serving' }).status;
    const broken = fold(
      { state: 'pending', reason: 'ImagePullFailed', message: 'no' },
      { lifecycle: 'serving', status },
    );
    expect(broken.status).toMatchObject({ phase: 'Serving', reason: 'ImagePullFailed' });
    expect(broken.status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False' }));
  });

  it('tells what a condition says anew, but no words that only vary', () => {
    const unserved = (said: string, route: string) =>
      fold(
        {
          state: 'pending',
          reason: 'ServerUnavailable',
          message: said,
          conditions: [{ type: 'RouteAccepted', status: 'False', reason: 'HostnameConflict', message: route }],
        },
        { lifecycle: 'serving', status },
      ).status;
    let status: AgentRunStatus = PENDING;
    status = unserved('back-off 10s', 'a.example is taken');
    expect(unserved('back-off 20s', 'a.example is taken')).toBe(status);
    const next = unserved('back-off 40s', 'b.example is taken');
    expect(next.message).toBe('back-off 10s');
    expect(next.conditions).toContainEqual(expect.objectContaining({ message: 'b.example is taken' }));
  });

  it('names what is missing now, not what was missing first', () => {
    const lacking = (pack: string, status: AgentRunStatus) =>
      fold({ state: 'pending' }, { obstacle: obstacle('Accepted', 'SkillPackNotFound', pack), status }).status;
    const first = lacking('tone, web', PENDING);
    expect(lacking('tone, web', first)).toBe(first);
    const { message, conditions } = lacking('tone', first);
    expect(message).not.toContain('web');
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'Accepted', message }));
  });

  it('gives a hindered run up at its timeout, a server never', () => {
    const hindered = { obstacle: obstacle('Accepted', 'InstanceNotFound', 'default/demo') };
    expect(fold({ state: 'pending' }, { ...hindered, afterMs: 1_000 })).toMatchObject({
      status: { phase: 'Pending', reason: 'InstanceNotFound' },
      recheckAfterMs: 599_000,
    });
    const late = { ...hindered, afterMs: 600_000 };
    expect(fold({ state: 'pending' }, late).status).toMatchObject({ phase: 'Failed', reason: 'InstanceNotFound' });
    expect(fold({ state: 'pending' }, { ...late, lifecycle: 'serving' }).status.phase).toBe('Pending');
  });

  it('believes what a plugin sees before what hinders the host', () => {
    const hindered = { obstacle: obstacle('Applied', 'ApplyFailed', 'no'), afterMs: 600_000 };
    expect(fold(succeeded, hindered).status).toMatchObject({ phase: 'Succeeded', result: { text: 'hi' } });
    expect(fold(running, hindered).status.phase).toBe('Running');
  });

  it.each([
    { from: 'its start', outcome: running, status: PENDING, since: 3, reason: 'DeadlineExceeded' },
    { from: 'its recorded start', outcome: PENDING_YET, status: RUNNING, since: 5, reason: 'DeadlineExceeded' },
    { from: 'its first child', outcome: PENDING_YET, status: PENDING, since: 30, reason: 'StartTimeout' },
    { from: 'the same', outcome: UNPULLED, status: PENDING, since: 30, reason: 'ImagePullFailed' },
  ] as const)(
    'ends a run that nobody ends a minute after its timeout from $from',
    ({ outcome, status, since, reason }) => {
      const end = (since + 660) * 1000;
      const parts = { status, madeAt: at(30) };
      const before = fold(outcome, { ...parts, afterMs: end - 1_000 });
      expect(before).toMatchObject({ recheckAfterMs: 1_000 });
      expect(before.status.phase).not.toBe('Failed');
      const after = fold(outcome, { ...parts, afterMs: end });
      expect(after).toMatchObject({ status: { phase: 'Failed', reason, completedAt: at(since + 660) } });
      expect(after.recheckAfterMs).toBeUndefined();
      expect(fold(outcome, { ...parts, afterMs: end, cancel: true }).status.reason).toBe('Cancelled');
      expect(fold(succeeded, { ...parts, afterMs: end }).status.phase).toBe('Succeeded');
    },
  );

  it('never goes a way that the phases do not have, never lowers the generation, never changes an end', () => {
    const outcomes = fc.constantFrom<Outcome>(
      { state: 'pending' },
      { state: 'pending', reason: 'Unschedulable', message: 'no node' },
      { state: 'serving', endpoint: { url: 'http://a' } },
      running,
      failed,
      succeeded,
    );
    const obstacles = fc.constantFrom(undefined, obstacle('Applied', 'ApplyFailed'), {
      ...obstacle('Accepted', 'InvalidParams'),
      final: true,
    });
    const steps = fc.array(fc.tuple(outcomes, obstacles, fc.nat(3), fc.nat(400_000)), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom('once' as const, 'serving' as const), steps, (lifecycle, all) => {
        let status: AgentRunStatus = { phase: 'Pending' };
        let afterMs = 0;
        for (const [outcome, hindrance, generation, ms] of all) {
          afterMs += ms;
          const next = fold(outcome, { status, generation, afterMs, lifecycle, obstacle: hindrance }).status;
          const from: Phase = status.phase;
          expect(mayGo(lifecycle, from, next.phase)).toBe(true);
          expect(next.observedGeneration ?? 0).toBeGreaterThanOrEqual(status.observedGeneration ?? 0);
          if (from === 'Succeeded' || from === 'Failed') expect(next).toBe(status);
          status = next;
        }
      }),
    );
  });
});
