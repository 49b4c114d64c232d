import { AGENT_RUN, SympoziumError, type AgentRun } from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';

/** The run of this name. Throws `RUN_NOT_FOUND` with the command that lists those there are. */
export async function findRun(client: KubeClient, key: { namespace: string; name: string }): Promise<AgentRun> {
  try {
    return await client.get(AGENT_RUN, key);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new SympoziumError(
      'RUN_NOT_FOUND',
      `there is no run ${key.name} in namespace ${key.namespace}. \`sympozium get runs -n ${key.namespace}\` lists those there are.`,
      { cause: error },
    );
  }
}
