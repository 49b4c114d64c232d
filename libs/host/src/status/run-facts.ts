import type { AgentRun, KubeObject, Lifecycle } from '@sympozium/api';
import type { ChildRef } from '../cluster/child-ledger.js';
import type { Obstacle } from '../plan/obstacle.js';
import type { Outcome } from './outcome.js';

/** Everything a status is made from. */
export interface RunFacts {
  /** With the status that is stored now. */
  readonly run: AgentRun;
  /** Absent while it is undecided. */
  readonly mode?: string | undefined;
  readonly lifecycle: Lifecycle;
  readonly outcome: Outcome;
  readonly obstacle?: Obstacle | undefined;
  /** What exists for the run. */
  readonly children: readonly KubeObject[];
  /** What has existed at any time. */
  readonly known: readonly ChildRef[];
  /** When the first of it was made. */
  readonly madeAt?: string | undefined;
  readonly now: number;
}
