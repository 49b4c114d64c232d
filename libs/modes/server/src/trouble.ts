import { failure, type Failure } from '@sympozium/api';
import {
  crashLoop,
  isInCrashLoop,
  unscheduled,
  waitingObstacle,
  type Pod,
  type Wire,
} from '@sympozium/plugin-sdk/manifests';
import type { V1ContainerState, V1ContainerStatus } from '@kubernetes/client-node';
import type { Facts } from './facts.js';
import { SERVER_CONTAINER } from './names.js';

/** What keeps a Pod from answering, by what its status says. */
export function podTrouble(facts: Facts): Failure | undefined {
  for (const pod of facts.pods) {
    const trouble = containerTrouble(serverStatus(pod), facts) ?? unscheduled(pod);
    if (trouble) return trouble;
  }
  return undefined;
}

/** Whether a Pod's container is still being made: a kubelet says so, and no more, while a volume cannot be mounted. */
export const isBeingMade = (pod: Pod): boolean => stateOf(pod).waiting?.reason === 'ContainerCreating';

/** Whether a Pod's container runs. */
export const isRunning = (pod: Pod): boolean => stateOf(pod).running !== undefined;

const serverStatus = ({ status }: Pod): Wire<V1ContainerStatus> | undefined =>
  (status?.containerStatuses ?? []).find(({ name }) => name === SERVER_CONTAINER);

const stateOf = (pod: Pod): Wire<V1ContainerState> => serverStatus(pod)?.state ?? {};

function containerTrouble(status: Wire<V1ContainerStatus> | undefined, facts: Facts): Failure | undefined {
  if (!status || status.ready) return undefined;
  const { waiting } = status.state ?? {};
  const obstacle = waiting && waitingObstacle(waiting);
  return (obstacle && renamed(obstacle, waiting.message, facts)) ?? crash(status, facts);
}

/** Some nodes name the Secret that they cannot mount. */
function renamed(obstacle: Failure, message = '', { keys }: Facts): Failure {
  const isMissing = obstacle.reason === 'ContainerConfigError' && message.includes(`secret "${keys.secret}" not found`);
  return isMissing && keys.supplied ? failure('KeySecretNotFound', message) : obstacle;
}

/** A container between two crashes runs, ends and waits by turns; until one of them is ready it is one trouble. */
function crash(status: Wire<V1ContainerStatus>, { view }: Facts): Failure | undefined {
  const isKnown = view.run.status.reason === 'CrashLoopBackOff' && status.restartCount > 0;
  return isKnown || isInCrashLoop(status) ? crashLoop(status) : undefined;
}
