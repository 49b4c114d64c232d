import type { V1Probe } from '@kubernetes/client-node';

/** When a container is probed, and how many results in a row count; Kubernetes' defaults where the Pod says nothing. */
export interface ProbeSchedule {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successes: number;
  readonly failures: number;
}

export function probeSchedule(probe: V1Probe): ProbeSchedule {
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1 } = probe;
  return {
    initialDelayMs: initialDelaySeconds * 1000,
    periodMs: periodSeconds * 1000,
    timeoutMs: timeoutSeconds * 1000,
    successes: probe.successThreshold ?? 1,
    failures: probe.failureThreshold ?? 3,
  };
}
