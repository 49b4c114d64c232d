import type { Health } from './probes/container-probes.js';
import {
  isSidecar,
  timestamp,
  uidOf,
  type ContainerState,
  type ContainerStatus,
  type Pod,
  type PodCondition,
} from './pod.js';
import type { Container, PodPhase, PodStatus, Terminated } from './pod.js';

/** What the node knows of one container. */
export interface ContainerFacts {
  readonly state: ContainerState;
  /** How it ended the time before. */
  readonly lastTerminated?: Terminated;
  readonly restartCount: number;
  /** What its probes say while it runs; absent: there are none. */
  readonly health?: Health;
}

/** What the node knows of a Pod; its status is a function of it. */
export interface PodFacts {
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  /** Nothing of the Pod runs, and nothing is started any more. */
  readonly over: boolean;
  /** It is being ended: nobody should turn to it any more. */
  readonly ending?: boolean;
  /** Why the whole Pod failed, whatever its containers say. */
  readonly failure?: Failure;
  readonly startedAt: number;
  readonly now: number;
  readonly hostIP: string;
  readonly podIP: string;
  /** Of the status before: a condition that stays as it is keeps its time. */
  readonly conditions: readonly PodCondition[];
}

export interface Failure {
  readonly reason: string;
  readonly message: string;
}

/** The kubelet keeps so many bytes of termination messages for a whole Pod, shared evenly among its containers. */
const POD_MESSAGE_BYTES = 12_288;

/** The status that the kubelet would write. */
export function foldPodStatus(pod: Pod, facts: PodFacts): PodStatus {
  const view = viewOf(pod, facts);
  const phase = podPhase(view);
  const { hostIP, podIP, failure } = facts;
  const { generation } = pod.metadata;
  const status = (container: Container): ContainerStatus => containerStatus(container, view);
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    reason: failure?.reason ?? null,
    message: failure?.message ?? null,
    startTime: timestamp(facts.startedAt),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: conditions(phase, view),
    ...(pod.spec.initContainers ? { initContainerStatuses: pod.spec.initContainers.map(status) } : {}),
    containerStatuses: pod.spec.containers.map(status),
  };
}

interface View {
  readonly pod: Pod;
  readonly facts: PodFacts;
  readonly policy: string;
  /** Init containers that run to their end. */
  readonly initial: readonly ContainerFacts[];
  readonly sidecars: readonly ContainerFacts[];
  readonly main: readonly ContainerFacts[];
  readonly waiting: ContainerFacts;
}

function viewOf(pod: Pod, facts: PodFacts): View {
  const { initContainers = [], containers, restartPolicy: policy = 'Always' } = pod.spec;
  const reason = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const waiting = { state: { waiting: { reason } }, restartCount: 0 };
  const of = ({ name }: Container): ContainerFacts => facts.containers.get(name) ?? waiting;
  return {
    ...{ pod, facts, policy, waiting },
    initial: initContainers.filter((container) => isInitial(container, pod)).map(of),
    sidecars: initContainers.filter((container) => isSidecar(pod, container)).map(of),
    main: containers.map(of),
  };
}

const exitCodeOf = ({ state, lastTerminated }: ContainerFacts): number | undefined =>
  (state.running ? undefined : (state.terminated ?? lastTerminated))?.exitCode;
const succeeded = (container: ContainerFacts): boolean => exitCodeOf(container) === 0;
const failed = (container: ContainerFacts): boolean => (exitCodeOf(container) ?? 0) !== 0;
const neverRan = ({ state, lastTerminated }: ContainerFacts): boolean =>
  state.waiting !== undefined && lastTerminated === undefined;
const isStarted = ({ state, health }: ContainerFacts): boolean =>
  state.running !== undefined && (health?.started ?? true);
const isReady = ({ state, health }: ContainerFacts, { facts }: View): boolean =>
  state.running !== undefined && (health?.ready ?? true) && facts.ending !== true;
const isFinal = ({ facts, policy }: View): boolean => facts.over || policy === 'Never';
const initFailed = (view: View): boolean => isFinal(view) && view.initial.some(failed);

type PhaseRule = readonly [PodPhase, (view: View) => boolean];

/**
 * Kubernetes' rules in the kubelet's order; the first that holds decides, and `Running` is what is left: containers
 * that ended and are started again.
 */
const PHASE_RULES: readonly PhaseRule[] = [
  ['Failed', ({ facts }) => facts.failure !== undefined],
  ['Failed', initFailed],
  ['Failed', ({ facts, main }) => facts.over && !main.every(succeeded)],
  ['Pending', ({ initial }) => !initial.every(succeeded)],
  ['Pending', ({ main }) => main.some(neverRan)],
  ['Running', ({ main, sidecars }) => [...main, ...sidecars].some(({ state }) => state.running)],
  ['Succeeded', ({ facts, policy, main }) => main.every(succeeded) && (facts.over || policy !== 'Always')],
  ['Failed', isFinal],
];

const podPhase = (view: View): PodPhase => PHASE_RULES.find(([, holds]) => holds(view))?.[0] ?? 'Running';

/** The reason why a Pod of this phase is not ready. */
const NOT_READY: Readonly<Record<PodPhase, string>> = {
  Pending: 'ContainersNotReady',
  Running: 'ContainersNotReady',
  Succeeded: 'PodCompleted',
  Failed: 'PodFailed',
};

function conditions(phase: PodPhase, view: View): PodCondition[] {
  const { facts } = view;
  const alive = phase === 'Pending' || phase === 'Running';
  const initialized = isInitialized(view);
  const unready = unreadyContainers(view);
  const ready = phase === 'Running' && unready.length === 0;
  const message = alive ? { message: `containers with unready status: [${unready.join(' ')}]` } : {};
  const why = ready ? {} : { reason: NOT_READY[phase], ...message };
  const completed = phase === 'Succeeded' ? { reason: 'PodCompleted' } : {};
  const initialWhy = initialized ? completed : { reason: 'ContainersNotInitialized' };
  return [
    { type: 'PodReadyToStartContainers', ...holds(alive) },
    { type: 'Initialized', ...holds(initialized), ...initialWhy },
    { type: 'ContainersReady', ...holds(ready), ...why },
    { type: 'Ready', ...holds(ready), ...why },
  ].map((condition) => ({ ...condition, lastTransitionTime: changedAt(condition, facts) }));
}

const isInitialized = ({ initial, sidecars, main }: View): boolean =>
  initial.every(succeeded) && (sidecars.every(isStarted) || !main.every(neverRan));

/** Init containers that have ended do not count. */
function unreadyContainers(view: View): string[] {
  const { pod, facts, waiting } = view;
  const { initContainers = [], containers } = pod.spec;
  const serving = [...initContainers.filter((container) => isSidecar(pod, container)), ...containers];
  return serving.map(({ name }) => name).filter((name) => !isReady(facts.containers.get(name) ?? waiting, view));
}

const holds = (value: boolean): { status: 'True' | 'False' } => ({ status: value ? 'True' : 'False' });

function changedAt({ type, status }: { type: string; status: string }, { conditions, now }: PodFacts): string {
  const before = conditions.find((condition) => condition.type === type);
  return before?.status === status ? before.lastTransitionTime : timestamp(now);
}

function containerStatus(container: Container, view: View): ContainerStatus {
  const { name, image = '' } = container;
  const { pod, facts } = view;
  const known = facts.containers.get(name) ?? view.waiting;
  const { restartCount, lastTerminated } = known;
  const id = `process://${uidOf(pod)}/${name}/${restartCount}`;
  const terminated = known.state.terminated ?? neverStarted(known, view);
  return {
    name,
    image,
    imageID: '',
    ...(known.state.running || known.state.terminated ? { containerID: id } : {}),
    ready: isInitial(container, pod) ? known.state.terminated?.exitCode === 0 : isReady(known, view),
    started: isStarted(known),
    restartCount,
    state: terminated ? { terminated: fitted(terminated, pod) } : known.state,
    lastState: lastTerminated ? { terminated: fitted(lastTerminated, pod) } : {},
  };
}

const isInitial = (container: Container, pod: Pod): boolean =>
  (pod.spec.initContainers ?? []).includes(container) && !isSidecar(pod, container);

/** A container that waited until its Pod was over. One behind a failed init container goes on waiting. */
function neverStarted({ state }: ContainerFacts, view: View): Terminated | undefined {
  if (!view.facts.over || !state.waiting || initFailed(view)) return undefined;
  return unknownEnd('The container was not started before the pod was terminated');
}

/** How the kubelet reports a container of which it knows nothing but that it does not run. */
export const unknownEnd = (message: string): Terminated => ({
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message,
  startedAt: NEVER,
  finishedAt: NEVER,
});

/** What the kubelet writes where a time is not known. */
export const NEVER = '1970-01-01T00:00:00Z';

function fitted(terminated: Terminated, { spec }: Pod): Terminated {
  if (terminated.message === undefined) return terminated;
  const share = Math.floor(POD_MESSAGE_BYTES / (spec.containers.length + (spec.initContainers ?? []).length));
  const bytes = Buffer.from(terminated.message);
  return bytes.length <= share ? terminated : { ...terminated, message: bytes.toString('utf8', 0, share) };
}
