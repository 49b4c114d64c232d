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
import { rfc3339 } from '../status/time.js';
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

const VARYING: ErrorCode = 'ApplyFailed';

type Said = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & { readonly at?: string | undefined };

/** The status that follows from what is the case; the very status of the instance when there is nothing new to say. */
export function foldInstanceStatus(facts: InstanceFacts): SympoziumInstanceStatus {
  const { instance, counts } = facts;
  const { status = {}, metadata } = instance;
  const ready = readyOf(facts);
  const next = defined({
    observedGeneration: metadata.generation,
    conditions: [acceptedOf(facts), ready].flatMap((said) => (said ? [turned(said, facts)] : [])),
    ...counts,
    endpoint: endpointOf(facts, ready),
  });
  return isDeepStrictEqual(next, status) ? status : next;
}

/** A condition whose status did not change keeps its time; a server's refusal its words, too, which may vary. */
function turned({ at, ...said }: Said, { instance, now }: InstanceFacts): Condition {
  const old = instance.status?.conditions?.find(({ type }) => type === said.type);
  const same = old?.status === said.status;
  return defined({
    ...said,
    message: same && said.reason === VARYING && old.reason === VARYING ? old.message : said.message,
    lastTransitionTime: same ? old.lastTransitionTime : (at ?? rfc3339(now)),
    observedGeneration: instance.metadata.generation,
  });
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
