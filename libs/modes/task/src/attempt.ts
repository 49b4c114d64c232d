import { POD as NAMES } from '@sympozium/api';
import type { Pod, Wire } from '@sympozium/plugin-sdk/manifests';
import { decodeEnvelope, type Envelope } from '@sympozium/run-protocol';
import type {
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStateWaiting,
  V1PodStatus,
} from '@kubernetes/client-node';

/** One Pod of a run's Job, read. */
export interface Attempt {
  readonly pod: Pod;
  /** When the agent's process began. */
  readonly startedAt: string | undefined;
  /** Why the agent's container does not run yet. */
  readonly waiting: Wire<V1ContainerStateWaiting> | undefined;
  /** Its Job is gone and left it behind: nothing will stop it or count it. */
  readonly orphaned: boolean;
  /** Set when the agent's process is over, or never can begin. */
  readonly end: AttemptEnd | undefined;
}

/** How an attempt ended. */
export interface AttemptEnd {
  /** Absent when the container never was. */
  readonly terminated: Terminated | undefined;
  readonly finishedAt: string | undefined;
  readonly exitCode: number | undefined;
  /** What the agent left behind. */
  readonly envelope: Envelope | undefined;
  /** Evicted, preempted, drained or on a node that went away. */
  readonly disrupted: boolean;
  /** Its deletion was asked for before it ended, and no disruption explains why. */
  readonly stopped: boolean;
}

type Terminated = Wire<V1ContainerStateTerminated>;

/** What the Pod's status says of its agent container; the container is believed before the Pod's phase. */
export function readAttempt(pod: Pod): Attempt {
  const { terminated, running, waiting } = agentState(pod);
  return {
    pod,
    startedAt: realTime(terminated?.startedAt ?? running?.startedAt),
    waiting,
    orphaned: !(pod.metadata.ownerReferences ?? []).some(({ controller }) => controller === true),
    end: terminated || isOver(pod) ? readEnd(pod, terminated) : undefined,
  };
}

function readEnd(pod: Pod, terminated: Terminated | undefined): AttemptEnd {
  const finishedAt = realTime(terminated?.finishedAt);
  const disrupted = isDisrupted(pod.status ?? {});
  return {
    terminated,
    finishedAt,
    exitCode: terminated?.exitCode,
    envelope: terminated?.message === undefined ? undefined : decodeEnvelope(terminated.message),
    disrupted,
    stopped: !disrupted && deletedBeforeEnd(pod, finishedAt),
  };
}

const agentState = ({ status }: Pod): Wire<V1ContainerState> =>
  status?.containerStatuses?.find(({ name }) => name === NAMES.agentContainer)?.state ?? {};

/** A terminal phase, or deleted before any node took it: such a Pod may linger, but never runs. */
function isOver({ metadata, spec, status }: Pod): boolean {
  const withdrawn = metadata.deletionTimestamp !== undefined && spec.nodeName === undefined;
  return withdrawn || status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/** The kubelet writes 1970 where nothing ever ran. */
const realTime = (time: string | undefined): string | undefined => (time?.startsWith('1970-') ? undefined : time);

/** The kubelet's and node controller's words for a Pod that a node gave up, with or without a DisruptionTarget. */
const DISRUPTIONS: ReadonlySet<string> = new Set(['Evicted', 'Preempting', 'NodeLost', 'NodeShutdown', 'Terminated']);

const isDisrupted = ({ reason = '', conditions = [] }: Wire<V1PodStatus>): boolean =>
  DISRUPTIONS.has(reason) || conditions.some(({ type, status }) => type === 'DisruptionTarget' && status === 'True');

/** `deletionTimestamp` is when the grace period ends; the deletion was asked for that much earlier. */
function deletedBeforeEnd({ metadata }: Pod, finishedAt: string | undefined): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if (finishedAt === undefined) return true;
  const asked = Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return Date.parse(finishedAt) >= asked;
}
