import { CONDITION, SYMPOZIUM_SCHEDULE, type SympoziumSchedule } from '@sympozium/api';
import { age } from '../age.js';
import { printList } from '../print-list.js';
import { renderTable } from '../render-table.js';
import type { ClusterOptions, OutputOptions } from './options.js';

/** `sympozium schedule list`: what happens when, by name. */
export const scheduleList = (options: ClusterOptions & OutputOptions): Promise<void> =>
  printList(options, { kind: SYMPOZIUM_SCHEDULE, noun: 'schedules', render: renderSchedules });

const HEAD = ['NAME', 'INSTANCE', 'SCHEDULE', 'ZONE', 'SUSPEND', 'ACTIVE', 'LAST', 'NEXT', 'REASON'];

/** The table of `schedule list`; `now` in milliseconds since 1970. */
export const renderSchedules = (schedules: readonly SympoziumSchedule[], now: number): string =>
  renderTable(
    HEAD,
    schedules.map((schedule) => cells(schedule, now)),
  );

const cells = ({ metadata, spec, status = {} }: SympoziumSchedule, now: number): string[] => [
  metadata.name,
  spec.instanceRef.name,
  spec.schedule,
  spec.timeZone,
  String(spec.suspend),
  String(status.activeRuns ?? 0),
  age(status.lastScheduleTime, now),
  status.nextScheduleTime ?? '',
  reasonOf(status),
];

/** What is in the way, the gravest first: of all ticks, of what a run needs, of the last tick. */
const GRAVITY: readonly string[] = [CONDITION.ready, CONDITION.accepted, CONDITION.started];

function reasonOf({ conditions = [] }: NonNullable<SympoziumSchedule['status']>): string {
  const faults = conditions.filter(({ type, status }) => status === 'False' && GRAVITY.includes(type));
  faults.sort((a, b) => GRAVITY.indexOf(a.type) - GRAVITY.indexOf(b.type));
  return faults[0]?.reason ?? '';
}
