import type { Json, JsonObject } from '../kinds/kube-object.js';
import { CRON_HINT, SYMPOZIUM_SCHEDULE, ZONE_HINT } from '../kinds/schedule.js';
import { celCases, fieldProbes, SAYS, type RuleProbes } from './cel-case.js';

const daily: JsonObject = { instanceRef: { name: 'demo' }, schedule: '@daily', task: 'Say hello.' };
const under = (field: string) => (value: Json) => ({ ...daily, [field]: value });

const rules: RuleProbes[] = [
  {
    at: '',
    message: SAYS.name,
    accepts: [{ does: 'the name nightly-2', name: 'nightly-2' }],
    refuses: [{ does: 'the name 2nd-night', name: '2nd-night' }],
  },
  {
    at: '',
    message: 'write a metadata.name of at most 40 characters',
    accepts: [{ does: 'a name of 40 characters', name: 'n'.repeat(40) }],
    refuses: [{ does: 'a name of 41 characters', name: 'n'.repeat(41) }],
  },
  ...[
    ['*/5 0-6,22 L JAN-MAR,12 MON#1', '0 0 * * * *'],
    ['@hourly', '@reboot'],
    ['0  0 ? * SUN', 'TZ=UTC 0 0 * * 0'],
    ['0 0 13 * 5L', ' 0 0 13 * 5L'],
  ].map(([good = '', bad = '']) =>
    fieldProbes({ at: 'spec.schedule', message: CRON_HINT }, under('schedule'), [good, bad]),
  ),
  ...[
    ['America/Argentina/Buenos_Aires', 'TZ=Europe/Oslo'],
    ['UTC', 'Local'],
  ].map(([good = '', bad = '']) =>
    fieldProbes({ at: 'spec.timeZone', message: ZONE_HINT }, under('timeZone'), [good, bad]),
  ),
];

export const SCHEDULE_CASES = celCases(SYMPOZIUM_SCHEDULE, daily, rules);
