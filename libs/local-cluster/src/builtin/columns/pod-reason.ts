import { isTrue } from './cell.js';
import { initProgress, isInitializing, type ContainerStatus, type Pod, type Terminated } from './pod-containers.js';

/** The Pod's STATUS: its phase, or what keeps it from more, as pkg/printers/internalversion tells it. */
export function podReason(pod: Pod): string {
  const { phase = '', reason } = pod.status;
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (reason === 'NodeLost') return 'Unknown';
    if (phase !== 'Failed' && phase !== 'Succeeded') return 'Terminating';
  }
  const before = initReason(pod) ?? gatedReason(pod) ?? (reason || phase);
  return isInitializing(pod) ? before : containersReason(pod, before);
}

const gatedReason = ({ status: { conditions = [] } }: Pod): string | undefined =>
  conditions.find(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')?.reason;

function initReason(pod: Pod): string | undefined {
  const { current, finished } = initProgress(pod);
  if (!current) return undefined;
  const { terminated, waiting } = current.state ?? {};
  if (terminated) return `Init:${ended(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${finished.length}/${pod.spec.initContainers?.length ?? 0}`;
}

const ended = ({ reason, signal, exitCode }: Terminated): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

/** The first container that waits or has ended says it. */
function containersReason({ status }: Pod, before: string): string {
  const statuses = status.containerStatuses ?? [];
  const said = statuses.map(containerReason).find((reason) => reason !== undefined) ?? before;
  if (said !== 'Completed') return said;
  const runs = statuses.some(isRunning);
  if (runs && isTrue(status.conditions, 'Ready')) return 'Running';
  const failed = statuses.find(isFailed);
  return (failed && containerReason(failed)) ?? (runs ? 'NotReady' : said);
}

function containerReason({ state = {} }: ContainerStatus): string | undefined {
  return state.waiting?.reason || (state.terminated && ended(state.terminated));
}

const isFailed = ({ state = {} }: ContainerStatus): boolean =>
  !state.waiting?.reason && state.terminated !== undefined && state.terminated.exitCode !== 0;

const isRunning = ({ ready, state = {} }: ContainerStatus): boolean =>
  ready && state.running !== undefined && !state.terminated && !state.waiting;
