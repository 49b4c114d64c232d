import type { Clock } from '@sympozium/process';

/** Milliseconds as RFC 3339 in whole seconds, as Kubernetes writes times. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Now, as Kubernetes writes it. */
export const timestamp = (clock: Pick<Clock, 'now'>): string => rfc3339(clock.now());

/** Milliseconds of an RFC 3339 time; undefined for none. */
export const millis = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);
