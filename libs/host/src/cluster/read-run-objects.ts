import { LABEL, labelValue, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { runUidOf } from './run-of.js';

/** Objects of these kinds that belong to the run, read from the API server. */
export async function readRunObjects(
  client: KubeClient,
  kinds: readonly Kind[],
  { metadata }: AgentRun,
): Promise<readonly KubeObject[]> {
  const { namespace, name, uid } = metadata;
  const options = { labelSelector: `${LABEL.run}=${labelValue(name)}`, ...(namespace !== undefined && { namespace }) };
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, options)));
  return lists.flatMap(({ items }) => items).filter((object) => runUidOf(object) === uid);
}
