import {
  API_VERSION,
  scheduleSpec,
  SYMPOZIUM_SCHEDULE,
  type SympoziumSchedule,
  type SympoziumScheduleStatus,
} from '@sympozium/api';

export interface ScheduleParts {
  readonly name?: string;
  readonly spec?: Partial<SympoziumSchedule['spec']>;
  readonly status?: SympoziumScheduleStatus;
}

/** A schedule as the API server has it, with its defaults. */
export const scheduleOf = ({ name = 'brief', spec, status }: ScheduleParts = {}): SympoziumSchedule => ({
  apiVersion: API_VERSION,
  kind: SYMPOZIUM_SCHEDULE.kind,
  metadata: { name, namespace: 'default' },
  spec: scheduleSpec.parse({ instanceRef: { name: 'demo' }, schedule: '30 7 * * 1-5', task: 'Tell me', ...spec }),
  ...(status && { status }),
});
