import { AGENT_RUN, type AgentRun } from '@sympozium/api';
import { isConflict, isNotFound, type KubeClient } from '@sympozium/kube';
import { keyOf } from './run-key.js';

/**
 * Asks for the end of this very run; the operator sees to it. A run that is gone, or was made again under its name,
 * needs none.
 */
export async function cancelRun(client: KubeClient, run: AgentRun): Promise<void> {
  // The uid is a precondition: the server answers 409 when the name belongs to another run.
  const body = { metadata: { uid: run.metadata.uid }, spec: { cancel: true } };
  try {
    await client.patch(AGENT_RUN, keyOf(run), { type: 'merge', body });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
