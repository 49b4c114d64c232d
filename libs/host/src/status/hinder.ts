import { givenUp, giveUpAt, type Open } from './give-up.js';
import type { Outcome } from './outcome.js';
import type { RunFacts } from './run-facts.js';

/**
 * The outcome of a run that does not end by itself: failed when an obstacle can never pass or its time is over, else
 * pending with the obstacle's reason. Whatever a plugin sees working, or ended, goes before any obstacle.
 */
export function hinder(facts: RunFacts): Outcome {
  const { run, outcome, obstacle, now } = facts;
  if (!isOpen(outcome)) return outcome;
  const hindrance = outcome.state === 'pending' ? obstacle : undefined;
  if (hindrance?.final) return { state: 'failed', reason: hindrance.reason, message: hindrance.message };
  if (now >= giveUpAt(facts)) return givenUp(run, outcome, hindrance);
  return hindrance ? { ...outcome, state: 'pending', reason: hindrance.reason, message: hindrance.message } : outcome;
}

/** Whether a run goes on: nothing that was seen has ended it. */
export const isOpen = (outcome: Outcome): outcome is Open => outcome.state === 'pending' || outcome.state === 'running';
