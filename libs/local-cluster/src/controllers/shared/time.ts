export { nowOf as timestamp, timeOf as rfc3339 } from '../../rest/times.js';

/** Milliseconds of an RFC 3339 time; undefined for none. */
export const millis = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);
