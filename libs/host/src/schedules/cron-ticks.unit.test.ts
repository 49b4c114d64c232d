import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObstacle } from '../plan/obstacle.js';
import { CronTicks, MAX_TOLD, readTicks } from './cron-ticks.js';

const ms = (time: string): number => Date.parse(time);
const text = (time: number | undefined): string =>
  time === undefined ? 'never' : new Date(time).toISOString().slice(0, 16);

/** The first ticks after a time, as `2026-01-02T03:04`. */
function ticks(schedule: string, timeZone: string, after: string, count: number): string[] {
  const cron = new CronTicks(schedule, timeZone);
  const times: (number | undefined)[] = [];
  for (let time = cron.next(ms(after)); times.length < count; time = time === undefined ? undefined : cron.next(time))
    times.push(time);
  return times.map(text);
}

describe('the day on which clocks go forward', () => {
  it.each([
    // 02:00 is 03:00 in Oslo at 01:00 UTC.
    ['a fixed time that is skipped comes when the clocks have skipped it', '30 2 * * *', '28T01:30 29T01:00 30T00:30'],
    ['so does one of a list', '30 2,14 * * *', '28T01:30 28T13:30 29T01:00 29T12:30 30T00:30'],
    ['several of them come as one', '0,15,30,45 2 * * *', '28T01:00 28T01:15 28T01:30 28T01:45 29T01:00 30T00:00'],
    ['together with the time that it falls on', '0 2-3 * * *', '28T01:00 28T02:00 29T01:00 30T00:00'],
    ['a time after it comes once', '30 3 * * *', '28T02:30 29T01:30 30T01:30'],
  ])('%s', (_what, schedule, expected) => {
    const times = expected.split(' ').map((day) => `2026-03-${day}`);
    expect(ticks(schedule, 'Europe/Oslo', '2026-03-28T00:00Z', times.length)).toEqual(times);
  });

  it('what comes at intervals keeps them', () => {
    const times = ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'];
    expect(ticks('*/30 * * * *', 'Europe/Oslo', '2026-03-29T00:00Z', 3)).toEqual(times);
  });
});

describe('the day on which clocks go back', () => {
  it.each([
    // 03:00 is 02:00 again in Oslo at 01:00 UTC.
    ['a fixed time that is shown twice comes once, the first time', '30 2 * * *', '24T00:30 25T00:30 26T01:30'],
    ['so does one of a list', '30 2,14 * * *', '24T00:30 24T12:30 25T00:30 25T13:30 26T01:30'],
    ['a time after it comes once', '30 3 * * *', '24T01:30 25T02:30 26T02:30'],
  ])('%s', (_what, schedule, expected) => {
    const times = expected.split(' ').map((day) => `2026-10-${day}`);
    expect(ticks(schedule, 'Europe/Oslo', '2026-10-24T00:00Z', times.length)).toEqual(times);
  });

  it('what comes at intervals keeps them', () => {
    const times = ['00:00', '00:30', '01:00', '01:30', '02:00'].map((time) => `2026-10-25T${time}`);
    expect(ticks('*/30 * * * *', 'Europe/Oslo', '2026-10-24T23:30Z', 5)).toEqual(times);
  });
});

describe('a zone', () => {
  it.each([
    ['UTC', '2026-07-01T09:30'],
    ['Europe/Oslo', '2026-07-01T07:30'],
    ['America/New_York', '2026-07-01T13:30'],
    ['Asia/Kathmandu', '2026-07-01T03:45'],
    ['Australia/Lord_Howe', '2026-06-30T23:00'],
    ['Etc/GMT+2', '2026-07-01T11:30'],
  ])('%s has its own half past nine', (zone, first) => {
    expect(ticks('30 9 * * *', zone, '2026-06-30T14:00Z', 1)).toEqual([first]);
  });

  it('where midnight is skipped has its day begin at one', () => {
    const days = ['2026-09-05T04:30', '2026-09-06T04:00', '2026-09-07T03:30'];
    expect(ticks('30 0 * * *', 'America/Santiago', '2026-09-05T00:00Z', 3)).toEqual(days);
  });

  it('whose clocks move by half an hour skips half an hour', () => {
    const days = ['2026-10-02T15:40', '2026-10-03T15:30', '2026-10-04T15:10'];
    expect(ticks('10 2 * * *', 'Australia/Lord_Howe', '2026-10-02T00:00Z', 3)).toEqual(days);
  });

  it('whose clocks skip the end of a day has nothing of it', () => {
    // 23:00 of 28 March is 00:00 of the 29th in Nuuk, at 01:00 UTC.
    const days = ['2026-03-28T01:30', '2026-03-30T00:30'];
    expect(ticks('30 23 * * *', 'America/Nuuk', '2026-03-27T12:00Z', 2)).toEqual(days);
  });
});

describe('an expression', () => {
  it.each([
    ['0 0 29 2 *', '2028-02-29T00:00 2032-02-29T00:00'],
    ['0 0 L * *', '2026-01-31T00:00 2026-02-28T00:00 2026-03-31T00:00'],
    ['0 0 * * 1#2', '2026-01-12T00:00 2026-02-09T00:00'],
    ['0 0 * * MON#1', '2026-01-05T00:00 2026-02-02T00:00'],
    ['0 0 * * 5L', '2026-01-30T00:00 2026-02-27T00:00'],
    ['0 0 * * 7', '2026-01-04T00:00'],
    ['0 0 13 * FRI', '2026-01-02T00:00 2026-01-09T00:00 2026-01-13T00:00'],
    ['0 12 1 JAN,JUL *', '2026-01-01T12:00 2026-07-01T12:00'],
    ['@hourly', '2026-01-01T01:00 2026-01-01T02:00'],
    ['@midnight', '2026-01-02T00:00'],
    ['@weekly', '2026-01-04T00:00'],
    ['@annually', '2027-01-01T00:00'],
  ])('%s', (schedule, expected) => {
    const times = expected.split(' ');
    expect(ticks(schedule, 'UTC', '2026-01-01T00:00Z', times.length)).toEqual(times);
  });

  it('that waits for a leap day waits for eight years where a century has none', () => {
    expect(ticks('0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', 1)).toEqual(['2104-02-29T00:00']);
  });
});

describe('what has no ticks', () => {
  it.each([
    ['99 0 * * *', 'UTC', 'ScheduleInvalid', 'Invalid value for minute: 99'],
    ['0 0 * * * *', 'UTC', 'ScheduleInvalid', ''],
    ['5/5 * * * *', 'UTC', 'ScheduleInvalid', 'stepping'],
    ['0 0 * * XYZ', 'UTC', 'ScheduleInvalid', ''],
    ['0 0 31 2 *', 'UTC', 'ScheduleNeverFires', '0 0 31 2 *'],
    ['0 0 30 FEB *', 'Europe/Oslo', 'ScheduleNeverFires', ''],
    ['0 0 * * *', 'Europe/Olso', 'TimeZoneUnknown', 'Europe/Olso'],
  ])('%s in %s says %s', (schedule, timeZone, reason, words) => {
    const found = readTicks({ schedule, timeZone }, ms('2026-01-01T00:00Z'));
    expect(found).toMatchObject({ condition: 'Ready', reason });
    expect(isObstacle(found) && found.message).toContain(words);
    expect(isObstacle(found) && found.message).not.toContain('CronPattern');
  });
});

describe('a window', () => {
  const quarter = new CronTicks('*/15 * * * *', 'UTC');

  it('has its end, not its beginning', () => {
    const [at, before] = [ms('2026-01-01T03:30Z'), ms('2026-01-01T03:15Z')];
    expect(quarter.due(before, at)).toEqual({ newest: at, previous: undefined, count: 1 });
    expect(quarter.due(before - 1, at)).toEqual({ newest: at, previous: before, count: 2 });
    expect(quarter.due(before, at - 1)).toBeUndefined();
    expect(quarter.due(at, before)).toBeUndefined();
  });

  it('tells of a thousand ticks, and its newest whatever its size', () => {
    const [from, until] = [ms('2020-01-01T00:00Z'), ms('2026-01-01T00:07Z')];
    const newest = ms('2026-01-01T00:00Z');
    expect(quarter.due(from, until)).toEqual({ newest, previous: newest - 15 * 60_000, count: MAX_TOLD });
  });
});

/** Around the days on which clocks are moved, where everything is that may go wrong. */
const moments = fc
  .tuple(
    fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-09-06', '2026-10-04', '2026-10-25', '2026-11-01'),
    fc.integer({ min: -36 * 60, max: 36 * 60 }),
    fc.nat(59_999),
  )
  .map(([day, minutes, rest]) => ms(`${day}T00:00Z`) + minutes * 60_000 + rest);

const zones = fc.constantFrom(
  ...['UTC', 'Europe/Oslo', 'America/New_York', 'America/Santiago', 'Australia/Lord_Howe', 'Asia/Kathmandu'],
);

const schedules = fc.oneof(
  fc.constantFrom('*/7 * * * *', '30 2 * * *', '15,45 1-3 * * *', '0-59/20 1-3 * * *', '0 */2 * * *', '0 0 L * *'),
  fc
    .tuple(fc.nat(59), fc.nat(23), fc.constantFrom('*', '1-5', '0,6'))
    .map(([minute, hour, days]) => `${minute} ${hour} * * ${days}`),
);

describe('windows', () => {
  it('side by side have each tick once, the one that next() tells', () => {
    fc.assert(
      fc.property(schedules, zones, fc.array(moments, { minLength: 2, maxLength: 6 }), (schedule, zone, cuts) => {
        const cron = new CronTicks(schedule, zone);
        const [from = 0, ...edges] = [...cuts].sort((a, b) => a - b);
        const until = Math.min(edges.at(-1) ?? from, from + 4 * 24 * 3_600_000);
        const listed: number[] = [];
        for (let time = cron.next(from); time !== undefined && time <= until; time = cron.next(time)) listed.push(time);
        expect(listed.every((time) => time % 60_000 === 0)).toBe(true);
        expect(listed).toEqual([...new Set(listed)].sort((a, b) => a - b));

        let [start, counted] = [from, 0];
        for (const edge of edges.map((time) => Math.min(time, until))) {
          // Another object, which knows no answer yet.
          const due = new CronTicks(schedule, zone).due(start, edge);
          const inside = listed.filter((time) => time > start && time <= edge);
          expect(due?.newest).toBe(inside.at(-1));
          expect(due?.previous).toBe(inside.at(-2));
          counted += due?.count ?? 0;
          start = edge;
        }
        expect(counted).toBe(listed.length);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('next() tells the same whatever it was asked before', () => {
    fc.assert(
      fc.property(schedules, zones, fc.array(moments, { maxLength: 8 }), (schedule, zone, times) => {
        const cron = new CronTicks(schedule, zone);
        for (const time of times) expect(cron.next(time)).toBe(new CronTicks(schedule, zone).next(time));
      }),
      { numRuns: 100 },
    );
  });
});
