import { expect, it } from 'vitest';
import { ERRORS } from './errors.js';
import { agentFailure, failure, isRunReason } from './failure.js';

it.each([
  ['ModelError', true],
  ['AgentFailed', true],
  ['invalid_api_key', false],
  ['constructor', false],
  [undefined, false],
])('%s is a reason of a run: %s', (code, expected) => {
  expect(isRunReason(code)).toBe(expected);
});

it('of an agent has the agent’s own code where the table knows it, and its words', () => {
  expect(agentFailure({ code: 'ModelError', message: 'the model said 500' })).toEqual(
    failure('ModelError', 'the model said 500'),
  );
});

it.each([
  [{ code: 'Tired', message: 'no more' }, 'no more (Tired)'],
  [{ code: 'Tired', message: ' ' }, 'Tired'],
  [{ code: 'idempotency_conflict', message: 'x' }, 'x (idempotency_conflict)'],
  [{ code: '__proto__', message: 'x' }, 'x (__proto__)'],
])('of an agent with a code of its own making, %j, counts as AgentFailed', (error, detail) => {
  expect(agentFailure(error)).toEqual(failure('AgentFailed', detail));
});

it('of an agent that says nothing is what the table says', () => {
  const { meaning, action } = ERRORS.AgentFailed;
  expect(agentFailure(undefined)).toEqual({ reason: 'AgentFailed', message: `${meaning} ${action}` });
});
