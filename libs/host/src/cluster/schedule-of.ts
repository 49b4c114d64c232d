import { LABEL, labelValue, SYMPOZIUM_SCHEDULE, type AgentRun, type OwnerReference } from '@sympozium/api';
import { controllerOf } from './controller-of.js';

/** The schedule whose run it is: the one that controls it, and that its label names. */
export function scheduleOf(run: AgentRun): OwnerReference | undefined {
  const schedule = controllerOf(run, SYMPOZIUM_SCHEDULE);
  return schedule && run.metadata.labels?.[LABEL.schedule] === labelValue(schedule.name) ? schedule : undefined;
}
