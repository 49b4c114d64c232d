import type { Phase } from './kinds/agent-run.js';

/** A mode’s way through the phases: `once` works and ends (task), `serving` lives until it is deleted (server). */
export type Lifecycle = 'once' | 'serving';

const NEXT: Readonly<Record<Lifecycle, Readonly<Record<Phase, readonly Phase[]>>>> = {
  once: {
    Pending: ['Running', 'Succeeded', 'Failed'],
    Running: ['Succeeded', 'Failed'],
    Serving: [],
    Succeeded: [],
    Failed: [],
  },
  serving: {
    Pending: ['Serving', 'Succeeded', 'Failed'],
    Running: [],
    Serving: ['Succeeded'],
    Succeeded: [],
    Failed: [],
  },
};

/** Whether a phase is final: it never changes again. */
export const isTerminal = (phase: Phase): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Whether a run may go from one phase to another; staying is always allowed. */
export const mayGo = (lifecycle: Lifecycle, from: Phase, to: Phase): boolean =>
  from === to || NEXT[lifecycle][from].includes(to);
