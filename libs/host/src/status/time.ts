/** A time as Kubernetes writes it, in whole seconds: `2026-01-02T03:04:05Z`. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Milliseconds since 1970 of such a time, where there is one. */
export const millis = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time);
