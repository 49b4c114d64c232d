import { POD as NAMES } from '@sympozium/api';
import type { Pod, Wire } from '@sympozium/plugin-sdk/manifests';
import { decodeEnvelope, type Envelope } from '@sympozium/run-protocol';
import type { V1ContainerStateTerminated, V1ContainerStateWaiting } from '@kubernetes/client-node';

/** One Pod of a run's Job, read. */
export interface Attempt {
  readonly pod: Pod;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** The agent's process is over, or never can begin. */
  readonly ended: boolean;
  readonly exitCode: number | undefined;
  readonly terminated: Terminated | undefined;
  readonly waiting: Waiting | undefined;
  /** What the agent left behind. */
  readonly envelope: Envelope | undefined;
  /** Evicted, preempted or drained: the Job fails by its podFailurePolicy. */
  readonly disrupted: boolean;
  /** The Pod's deletion was asked for before the agent had ended. */
  readonly stopped: boolean;
}

type Terminated = Wire<V1ContainerStateTerminated>;
type Waiting = Wire<V1ContainerStateWaiting>;

export function readAttempt(pod: Pod): Attempt {
  const state = pod.status?.containerStatuses?.find((status) => status.name === NAMES.agentContainer)?.state;
  const terminated = state?.terminated;
  const ended = terminated !== undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
  const message = terminated?.message;
  return {
    pod,
    startedAt: realTime(terminated?.startedAt ?? state?.running?.startedAt),
    finishedAt: realTime(terminated?.finishedAt),
    ended,
    exitCode: terminated?.exitCode,
    terminated,
    waiting: state?.waiting,
    envelope: message === undefined ? undefined : decodeEnvelope(message),
    disrupted: ended && hasCondition(pod, 'DisruptionTarget'),
    stopped: ended && deletedBeforeEnd(pod, realTime(terminated?.finishedAt)),
  };
}

/** The kubelet writes 1970 where nothing ever ran. */
const realTime = (time: string | undefined): string | undefined => (time?.startsWith('1970-') ? undefined : time);

const hasCondition = (pod: Pod, type: string): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

function deletedBeforeEnd({ metadata }: Pod, finishedAt: string | undefined): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if (finishedAt === undefined) return true;
  const asked = Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return Date.parse(finishedAt) >= asked;
}
