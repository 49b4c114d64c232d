import { CONDITION, SYMPOZIUM_SCHEDULE, type SympoziumSchedule } from '@sympozium/api';
import { age } from '../age.js';
import { connect } from '../cluster.js';
import { renderTable } from '../render-table.js';
import type { ClusterOptions, OutputOptions } from './options.js';

/** `sympozium schedule list`: what happens when, by name. */
export async function scheduleList({ namespace, output, ...options }: ClusterOptions & OutputOptions): Promise<void> {
  const client = await connect(options);
  try {
    const { items } = await client.list(SYMPOZIUM_SCHEDULE, { namespace });
    if (output === 'json') process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
    else if (items.length === 0) process.stderr.write(`no schedules in namespace ${namespace}\n`);
    else process.stdout.write(`${renderSchedules(items, Date.now())}\n`);
  } finally {
    await client.close();
  }
}

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
