import { errorSentence, type ErrorCode } from '@sympozium/api';

/** What keeps the host from going on with a run, whatever its plugin sees. */
export interface Obstacle {
  readonly reason: ErrorCode;
  readonly message: string;
  /** The condition that is False because of it. */
  readonly condition: 'Accepted' | 'Applied' | 'Ready';
  /** It can never become right by itself: the run fails. */
  readonly final?: boolean;
  /** What a plugin threw; for the log. */
  readonly cause?: unknown;
}

export const obstacle = (condition: Obstacle['condition'], reason: ErrorCode, detail?: string): Obstacle => ({
  reason,
  message: errorSentence(reason, detail),
  condition,
});

export const isObstacle = (value: object): value is Obstacle => 'condition' in value && 'reason' in value;
