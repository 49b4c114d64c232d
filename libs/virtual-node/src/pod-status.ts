import { timestamp, type ContainerState, type ContainerStatus, type Pod, type PodCondition } from './pod.js';
import type { PodPhase, PodStatus, Terminated } from './pod.js';

/** What the node knows of one container. */
export interface ContainerFacts {
  readonly state: ContainerState;
  readonly lastTerminated?: Terminated;
  readonly restartCount: number;
}

/** What the node knows of a Pod; its status is a function of it. */
export interface PodFacts {
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  /** Deleted, past its deadline, or the node stops: nothing is started again. */
  readonly stopping: boolean;
  /** Why the whole Pod failed, whatever its containers say. */
  readonly failure?: { readonly reason: string; readonly message: string };
  readonly startedAt: number;
  readonly hostIP: string;
  readonly podIP: string;
}

const WAITING: ContainerFacts = { state: { waiting: { reason: 'ContainerCreating' } }, restartCount: 0 };

/** The status that the kubelet would write. */
export function foldPodStatus(pod: Pod, facts: PodFacts): PodStatus {
  const main = pod.spec.containers.map((container) => factsOf(facts, container.name));
  const initial = (pod.spec.initContainers ?? []).map((container) => factsOf(facts, container.name));
  const phase = podPhase(pod, { main, initial }, facts);
  const { hostIP, podIP } = facts;
  return {
    phase,
    reason: facts.failure?.reason ?? null,
    message: facts.failure?.message ?? null,
    startTime: timestamp(facts.startedAt),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: conditions(phase, { main, initial }, facts),
    ...(pod.spec.initContainers
      ? { initContainerStatuses: pod.spec.initContainers.map((c) => containerStatus(pod, c, facts)) }
      : {}),
    containerStatuses: pod.spec.containers.map((c) => containerStatus(pod, c, facts)),
  };
}

interface Groups {
  readonly main: readonly ContainerFacts[];
  readonly initial: readonly ContainerFacts[];
}

const factsOf = (facts: PodFacts, name: string): ContainerFacts => facts.containers.get(name) ?? WAITING;
const succeeded = ({ state }: ContainerFacts): boolean => state.terminated?.exitCode === 0;

/** Kubernetes' rules, https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase. */
function podPhase(pod: Pod, { main, initial }: Groups, facts: PodFacts): PodPhase {
  if (facts.failure) return 'Failed';
  const policy = pod.spec.restartPolicy ?? 'Always';
  const final = policy === 'Never' || facts.stopping;
  if (main.some(({ state }) => state.running)) return 'Running';
  if (final && initial.some(({ state }) => state.terminated && state.terminated.exitCode !== 0)) return 'Failed';
  if (main.every(succeeded) && (policy !== 'Always' || facts.stopping)) return 'Succeeded';
  if (facts.stopping) return 'Failed';
  if (main.some(({ state, restartCount }) => state.waiting && restartCount === 0)) return 'Pending';
  return final && main.every(({ state }) => state.terminated) ? 'Failed' : 'Running';
}

function conditions(phase: PodPhase, { main, initial }: Groups, facts: PodFacts): PodCondition[] {
  const initialized = initial.every(succeeded);
  const ready = phase === 'Running' && main.every(({ state }) => state.running);
  const reason = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady';
  const lastTransitionTime = lastChange(main) ?? timestamp(facts.startedAt);
  const condition = (type: string, holds: boolean, why: string): PodCondition => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime,
    ...(holds ? {} : { reason: why }),
  });
  return [
    condition('PodReadyToStartContainers', phase === 'Pending' || phase === 'Running', reason),
    condition('Initialized', initialized, 'ContainersNotInitialized'),
    condition('ContainersReady', ready, reason),
    condition('Ready', ready, reason),
  ];
}

/** When the last container started or ended. */
function lastChange(containers: readonly ContainerFacts[]): string | undefined {
  const times = containers.flatMap(({ state }) => state.running?.startedAt ?? state.terminated?.finishedAt ?? []);
  return times.sort().at(-1);
}

function containerStatus(
  pod: Pod,
  { name, image = '' }: { name: string; image?: string },
  facts: PodFacts,
): ContainerStatus {
  const { state, lastTerminated, restartCount } = factsOf(facts, name);
  const running = state.running !== undefined;
  const started = running || state.terminated !== undefined;
  return {
    name,
    image,
    imageID: '',
    ready: running,
    started: running,
    restartCount,
    state,
    ...(started ? { containerID: `process://${pod.metadata.uid ?? ''}-${name}-${restartCount}` } : {}),
    ...(lastTerminated ? { lastState: { terminated: lastTerminated } } : {}),
  };
}
