import { SYMPOZIUM_INSTANCE, SympoziumError, type SympoziumInstance } from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';

/** The instance named, or the only one of the namespace. Throws `InstanceNotFound` with what there is. */
export async function findInstance(
  client: KubeClient,
  namespace: string,
  name: string | undefined,
): Promise<SympoziumInstance> {
  if (name !== undefined) return named(client, namespace, name);
  const { items } = await client.list(SYMPOZIUM_INSTANCE, { namespace });
  const [only, ...others] = items;
  if (only !== undefined && others.length === 0) return only;
  throw new SympoziumError(
    'InstanceNotFound',
    only === undefined
      ? `namespace ${namespace} has no SympoziumInstance. Create one, e.g. \`kubectl apply -f examples/instance.yaml\`.`
      : `namespace ${namespace} has ${items.length} instances. Name one: --instance ${items.map((i) => i.metadata.name).join('|')}.`,
  );
}

async function named(client: KubeClient, namespace: string, name: string): Promise<SympoziumInstance> {
  try {
    return await client.get(SYMPOZIUM_INSTANCE, { namespace, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { items } = await client.list(SYMPOZIUM_INSTANCE, { namespace });
    const known = items.map((i) => i.metadata.name).join(', ') || 'none';
    throw noInstance({ namespace, name }, `there: ${known}`, error);
  }
}

/** What a command says of an instance that is not there. */
export const noInstance = (
  { namespace, name }: { readonly namespace: string; readonly name: string },
  detail = 'it was deleted',
  cause?: unknown,
): SympoziumError =>
  new SympoziumError(
    'InstanceNotFound',
    `there is no SympoziumInstance ${name} in namespace ${namespace} (${detail}).`,
    { cause },
  );
