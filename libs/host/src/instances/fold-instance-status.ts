import {
  CONDITION,
  defined,
  REASON,
  type AgentRun,
  type Condition,
  type ErrorCode,
  type SympoziumInstance,
  type SympoziumInstanceStatus,
} from '@sympozium/api';
import { isDeepStrictEqual } from 'node:util';
import type { Obstacle } from '../plan/obstacle.js';
import { turned, type Said } from '../status/turned.js';
import type { RunCounts } from './count-runs.js';

/** Everything the status of an instance is made from. */
export interface InstanceFacts {
  /** With the status that is stored now. */
  readonly instance: SympoziumInstance;
  /** Whether one of its skills brings a server. */
  readonly serves: boolean;
  /** Its server run, if there is one. */
  readonly server: AgentRun | undefined;
  /** What is wrong with its skills, or in the way of its server run. */
  readonly obstacle: Obstacle | undefined;
  readonly counts: RunCounts;
  readonly now: number;
}

/** A server's refusal may say the same in other words each time. */
const VARYING: ErrorCode = 'ApplyFailed';

/** The status that follows from what is the case; the very status of the instance when there is nothing new to say. */
export function foldInstanceStatus(facts: InstanceFacts): SympoziumInstanceStatus {
  const { instance, counts } = facts;
  const { status = {}, metadata } = instance;
  const ready = readyOf(facts);
  const next = defined({
    observedGeneration: metadata.generation,
    conditions: [acceptedOf(facts), ready].flatMap((said) => (said ? [follow(said, facts)] : [])),
    ...counts,
    endpoint: endpointOf(facts, ready),
  });
  return isDeepStrictEqual(next, status) ? status : next;
}

function follow(said: Said, { instance, now }: InstanceFacts): Condition {
  const old = instance.status?.conditions?.find(({ type }) => type === said.type);
  return turned(old, said, { generation: instance.metadata.generation, now, wordsVary: said.reason === VARYING });
}

const acceptedOf = ({ obstacle, instance }: InstanceFacts): Said =>
  obstacle?.condition === 'Accepted'
    ? { type: CONDITION.accepted, status: 'False', reason: obstacle.reason, message: obstacle.message }
    : {
        type: CONDITION.accepted,
        status: 'True',
        reason: REASON.accepted,
        message: '',
        at: instance.metadata.creationTimestamp,
      };

/** What the server run says of itself; nothing where none is wished. */
function readyOf({ server, serves, obstacle }: InstanceFacts): Said | undefined {
  const type = CONDITION.ready;
  if (obstacle?.condition === 'Ready')
    return { type, status: 'False', reason: obstacle.reason, message: obstacle.message };
  if (!server) return serves ? { type, status: 'False', reason: REASON.waiting, message: '' } : undefined;
  const { phase, reason, message = '', conditions } = server.status;
  if (phase === 'Failed' && reason !== undefined) return { type, status: 'False', reason, message };
  const said = conditions?.find((condition) => condition.type === type);
  if (!said) return { type, status: 'False', reason: REASON.waiting, message: '' };
  return { type, status: said.status, reason: said.reason, message: said.message, at: said.lastTransitionTime };
}

function endpointOf({ server }: InstanceFacts, ready: Said | undefined): SympoziumInstanceStatus['endpoint'] {
  const { endpoint } = server?.status ?? {};
  return endpoint && { ...endpoint, ready: ready?.status === 'True' };
}
