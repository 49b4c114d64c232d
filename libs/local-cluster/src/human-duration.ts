const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Until how many seconds a duration is told in which units, and which smaller one is told with it. */
const SCALES: readonly (readonly [below: number, unit: number, letter: string, rest?: readonly [number, string]])[] = [
  [2 * MINUTE, SECOND, 's'],
  [10 * MINUTE, MINUTE, 'm', [SECOND, 's']],
  [3 * HOUR, MINUTE, 'm'],
  [8 * HOUR, HOUR, 'h', [MINUTE, 'm']],
  [2 * DAY, HOUR, 'h'],
  [8 * DAY, DAY, 'd', [HOUR, 'h']],
  [2 * YEAR, DAY, 'd'],
  [8 * YEAR, YEAR, 'y', [DAY, 'd']],
  [Infinity, YEAR, 'y'],
];

/** As k8s.io/apimachinery/pkg/util/duration: `5s`, `3m12s`, `4h`, `2d5h`, `3y`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const [, unit = SECOND, letter = 's', rest] = SCALES.find(([below]) => seconds < below) ?? [];
  const whole = Math.floor(seconds / unit);
  const more = rest ? Math.floor((seconds % unit) / rest[0]) : 0;
  return `${whole}${letter}${rest && more > 0 ? `${more}${rest[1]}` : ''}`;
}
