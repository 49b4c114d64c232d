import type { AgentRun, SympoziumSchedule } from '@sympozium/api';
import type { Obstacle } from '../plan/obstacle.js';
import type { CronTicks } from './cron-ticks.js';

/** What is decided from about a schedule. */
export interface ScheduleFacts {
  /** With the status that is stored now. */
  readonly schedule: SympoziumSchedule;
  /** Every run of it, ended or not. */
  readonly runs: readonly AgentRun[];
  readonly ticks: CronTicks | Obstacle;
  readonly now: number;
}
