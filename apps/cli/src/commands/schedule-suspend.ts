import {
  CONDITION,
  SCHEDULE_ERRORS,
  SYMPOZIUM_SCHEDULE,
  SympoziumError,
  type SympoziumSchedule,
  type SympoziumScheduleStatus,
} from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../cluster.js';
import { findSchedule, type ScheduleKey } from '../find-schedule.js';
import type { ClusterOptions } from './options.js';

const ASK_EVERY_MS = 100;
/** How long the operator's answer is waited for; the schedule is resumed without it, too. */
const WITHIN_S = 5;
const ROUNDS = (WITHIN_S * 1000) / ASK_EVERY_MS;

/** `sympozium schedule suspend SCHEDULE`: no tick starts anything until it is resumed. */
export const scheduleSuspend = (name: string, options: ClusterOptions): Promise<void> =>
  say(name, options, suspendSchedule);

/** `sympozium schedule resume SCHEDULE`: from its next tick on; none that lies behind is made up for. */
export const scheduleResume = (name: string, options: ClusterOptions): Promise<void> =>
  say(name, options, (client, key) => resumeSchedule(client, key));

async function say(
  name: string,
  { namespace, ...options }: ClusterOptions,
  act: (client: KubeClient, key: ScheduleKey) => Promise<string>,
): Promise<void> {
  const client = await connect(options);
  try {
    process.stdout.write(`${SYMPOZIUM_SCHEDULE.plural}/${name} ${await act(client, { namespace, name })}\n`);
  } finally {
    await client.close();
  }
}

/** Resolves with what is now the case. */
export async function suspendSchedule(client: KubeClient, key: ScheduleKey): Promise<string> {
  const before = await findSchedule(client, key);
  const { status } = await setSuspend(client, before, true);
  const runs = status?.activeRuns ?? 0;
  const goesOn = runs === 0 ? '' : `; ${runs === 1 ? 'a run that has' : `${runs} runs that have`} not ended may end`;
  return `${before.spec.suspend ? 'was suspended already' : 'is suspended'}${goesOn}`;
}

/**
 * The same, with the next tick, which the operator is waited for to tell. Throws the reason why there is none, such
 * as `ScheduleInvalid`.
 */
export async function resumeSchedule(
  client: KubeClient,
  key: ScheduleKey,
  wait: () => Promise<unknown> = () => pause(ASK_EVERY_MS),
): Promise<string> {
  const before = await findSchedule(client, key);
  await setSuspend(client, before, false);
  const is = before.spec.suspend ? 'is resumed' : 'was not suspended';
  for (let round = 0; round < ROUNDS; round += 1) {
    const { metadata, status } = await findSchedule(client, key);
    if (status && status.observedGeneration === metadata.generation) return `${is}; ${nextTick(key, status)}`;
    await wait();
  }
  return `${is}; the operator has not looked at it yet, \`sympozium schedule list\` will show its next tick`;
}

function nextTick({ name }: ScheduleKey, { conditions = [], nextScheduleTime }: SympoziumScheduleStatus): string {
  const ready = conditions.find(({ type }) => type === CONDITION.ready);
  if (ready?.status === 'False' && isFault(ready.reason))
    throw new SympoziumError(ready.reason, `schedule ${name} is not suspended, but starts nothing: ${ready.message}`);
  return `its next tick is ${nextScheduleTime ?? 'not known'}`;
}

const isFault = (reason: string): reason is keyof typeof SCHEDULE_ERRORS => Object.hasOwn(SCHEDULE_ERRORS, reason);

/** Nothing is written when it is so already. The uid is a precondition: another schedule of the name stays as it is. */
async function setSuspend(
  client: KubeClient,
  schedule: SympoziumSchedule,
  suspend: boolean,
): Promise<SympoziumSchedule> {
  if (schedule.spec.suspend === suspend) return schedule;
  const { namespace = 'default', name, uid } = schedule.metadata;
  const patch = { type: 'merge', body: { metadata: { uid }, spec: { suspend } } } as const;
  return client.patch(SYMPOZIUM_SCHEDULE, { namespace, name }, patch, { fieldManager: 'sympozium-cli' });
}
