import { isTrue } from './cell.js';

/** What the columns read of a Pod. */
export interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly unknown[];
    readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly nominatedNodeName?: string;
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly running?: object;
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

export interface Terminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly finishedAt?: string | null;
}

export interface InitProgress {
  /** Those that are over or, if they stay, have started. */
  readonly finished: readonly ContainerStatus[];
  /** The first that is neither; nothing is known of those after it. */
  readonly current: ContainerStatus | undefined;
  readonly seen: readonly ContainerStatus[];
}

/** How far a Pod's init containers are. */
export function initProgress({ spec, status }: Pod): InitProgress {
  const statuses = status.initContainerStatuses ?? [];
  const at = statuses.findIndex((one) => !isFinished(one, spec.initContainers ?? []));
  return at < 0
    ? { finished: statuses, current: undefined, seen: statuses }
    : { finished: statuses.slice(0, at), current: statuses[at], seen: statuses.slice(0, at + 1) };
}

function isFinished(status: ContainerStatus, containers: NonNullable<Pod['spec']['initContainers']>): boolean {
  if (hasSucceeded(status)) return true;
  return status.started === true && isRestartable(containers.find(({ name }) => name === status.name));
}

export const hasSucceeded = ({ state }: ContainerStatus): boolean => state?.terminated?.exitCode === 0;

/** Whether an init container stays for the Pod's whole life. */
export const isRestartable = (container: { readonly restartPolicy?: string } | undefined): boolean =>
  container?.restartPolicy === 'Always';

/** Whether the Pod's own containers do not count yet. */
export const isInitializing = (pod: Pod): boolean =>
  initProgress(pod).current !== undefined && !isTrue(pod.status.conditions, 'Initialized');
