import {
  ANNOTATION,
  AGENT_RUN,
  LABEL,
  labelValue,
  ownerReference,
  runLabels,
  type SympoziumInstance,
  type SympoziumSchedule,
} from '@sympozium/api';
import { runDefaults, type NewAgentRun, type RunIdentityParts } from './build-run.js';

export interface ScheduledRunRequest extends RunIdentityParts {
  /** As read from the API server: it becomes the run's owner, so that the run goes with it. */
  readonly schedule: SympoziumSchedule;
  /** For its defaults; absent while it does not exist, when the run waits for it. */
  readonly instance?: SympoziumInstance | undefined;
  /** The tick, RFC 3339; absent for a run that somebody asked for out of turn. */
  readonly scheduledAt?: string;
}

/** Longer than anybody looks: spec.history of the schedule says how long its runs are kept. */
const KEPT = '8760h';

/** The task run of one tick of a schedule, or of somebody who does not want to wait for one. */
export function buildScheduledRun(request: ScheduledRunRequest): NewAgentRun {
  const { schedule, instance, name, submittedAt, scheduledAt } = request;
  const { namespace } = schedule.metadata;
  const { instanceRef, task } = schedule.spec;
  return {
    apiVersion: AGENT_RUN.apiVersion,
    kind: AGENT_RUN.kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: {
        ...runLabels({ run: name, instance: instanceRef.name, mode: 'task' }),
        [LABEL.schedule]: labelValue(schedule.metadata.name),
      },
      annotations: {
        [ANNOTATION.submittedAt]: submittedAt,
        ...(scheduledAt !== undefined && { [ANNOTATION.scheduledAt]: scheduledAt }),
      },
      ownerReferences: [ownerReference(schedule, false)], // callers need no right to the schedule’s finalizers
    },
    spec: {
      instanceRef: { name: instanceRef.name },
      mode: 'task',
      ...(instance && runDefaults(instance)),
      ttlAfterFinished: KEPT,
      ttlAfterFailure: KEPT,
      task,
    },
  };
}
