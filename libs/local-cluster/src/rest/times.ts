import type { Clock } from '@sympozium/process';

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export const timeOf = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

export const nowOf = (clock: Pick<Clock, 'now'>): string => timeOf(clock.now());
