import { SYMPOZIUM_SCHEDULE, SympoziumError, type SympoziumSchedule } from '@sympozium/api';
import { isNotFound, type KubeClient, type ObjectKey } from '@sympozium/kube';

export type ScheduleKey = Required<ObjectKey>;

/** The schedule of this name. Throws `ScheduleNotFound` with the command that lists those there are. */
export async function findSchedule(client: KubeClient, key: ScheduleKey): Promise<SympoziumSchedule> {
  try {
    return await client.get(SYMPOZIUM_SCHEDULE, key);
  } catch (error) {
    throw isNotFound(error) ? noSchedule(key, error) : error;
  }
}

/** What a command says of a schedule that is not there. */
export const noSchedule = ({ namespace, name }: ScheduleKey, cause?: unknown): SympoziumError =>
  new SympoziumError(
    'ScheduleNotFound',
    `there is no SympoziumSchedule ${name} in namespace ${namespace}. \`sympozium schedule list -n ${namespace}\` lists those there are.`,
    { cause },
  );
