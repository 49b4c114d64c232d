import { describe, expect, it } from 'vitest';
import { phase, type Phase } from './kinds/agent-run.js';
import { isTerminal, mayGo, type Lifecycle } from './phases.js';

/** The whole table of the design; what it does not list is forbidden. */
const ALLOWED: Record<Lifecycle, readonly `${Phase} → ${Phase}`[]> = {
  once: ['Pending → Running', 'Pending → Succeeded', 'Pending → Failed', 'Running → Succeeded', 'Running → Failed'],
  serving: ['Pending → Serving', 'Pending → Succeeded', 'Pending → Failed', 'Serving → Succeeded'],
};

describe.each(['once', 'serving'] as const)('a run that lives %s', (lifecycle) => {
  const pairs = phase.options.flatMap((from) => phase.options.map((to) => [from, to] as const));

  it.each(pairs)('%s → %s', (from, to) => {
    const allowed = from === to || ALLOWED[lifecycle].includes(`${from} → ${to}`);
    expect(mayGo(lifecycle, from, to)).toBe(allowed);
  });
});

it('ends with Succeeded and Failed only', () => {
  expect(phase.options.filter(isTerminal)).toEqual(['Succeeded', 'Failed']);
});
