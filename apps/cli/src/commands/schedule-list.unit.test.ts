import { expect, it } from 'vitest';
import { scheduleOf } from '../testing/schedule-of.js';
import { condition } from '../testing/served-world.js';
import { renderSchedules } from './schedule-list.js';

const NOW = Date.parse('2026-01-01T07:35:00Z');

it('shows what is due when, and of several troubles the gravest', () => {
  const skipped = condition('Started', 'False', 'TickOverlapped');
  const orphaned = condition('Accepted', 'False', 'InstanceNotFound');
  const schedules = [
    scheduleOf({ name: 'new', spec: { timeZone: 'Europe/Oslo' } }),
    scheduleOf({
      name: 'works',
      status: {
        activeRuns: 1,
        lastScheduleTime: '2026-01-01T07:30:00Z',
        nextScheduleTime: '2026-01-02T07:30:00Z',
        conditions: [condition('Ready', 'True', 'Scheduled'), condition('Started', 'True', 'Started')],
      },
    }),
    scheduleOf({
      name: 'rests',
      spec: { suspend: true },
      status: { conditions: [skipped, orphaned, condition('Ready', 'False', 'Suspended')] },
    }),
    scheduleOf({ name: 'skipped', status: { conditions: [condition('Ready', 'True', 'Scheduled'), skipped] } }),
    scheduleOf({ name: 'lost', status: { conditions: [skipped, orphaned] } }),
  ];
  expect(renderSchedules(schedules, NOW).split('\n')).toEqual([
    'NAME     INSTANCE  SCHEDULE      ZONE         SUSPEND  ACTIVE  LAST  NEXT                  REASON',
    'new      demo      30 7 * * 1-5  Europe/Oslo  false    0',
    'works    demo      30 7 * * 1-5  UTC          false    1       5m    2026-01-02T07:30:00Z',
    'rests    demo      30 7 * * 1-5  UTC          true     0                                   Suspended',
    'skipped  demo      30 7 * * 1-5  UTC          false    0                                   TickOverlapped',
    'lost     demo      30 7 * * 1-5  UTC          false    0                                   InstanceNotFound',
  ]);
});
