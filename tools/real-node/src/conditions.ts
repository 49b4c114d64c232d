import type { Kind, KubeObject } from '@sympozium/api';
import type { KubeClient, ObjectKey } from '@sympozium/kube';

interface WithConditions extends KubeObject {
  status?: { conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Whether an object has a condition that is True. */
export async function hasCondition(client: KubeClient, kind: Kind, key: ObjectKey, type: string): Promise<boolean> {
  const { status } = await client.get(kind as Kind<WithConditions>, key);
  return (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

export const NODE: Kind = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
export const DEPLOYMENT: Kind = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
