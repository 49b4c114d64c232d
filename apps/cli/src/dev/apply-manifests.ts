import { SympoziumError, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';

const RBAC = 'rbac.authorization.k8s.io/v1';

/** What the workspace’s own manifests consist of. */
const KINDS: readonly Kind[] = [
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    namespaced: false,
  },
  { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  { apiVersion: RBAC, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false },
  { apiVersion: RBAC, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false },
  { apiVersion: RBAC, kind: 'Role', plural: 'roles', namespaced: true },
  { apiVersion: RBAC, kind: 'RoleBinding', plural: 'rolebindings', namespaced: true },
];

/** Applies objects in their order; resolves with what they are now. */
export async function applyManifests(client: KubeClient, objects: readonly KubeObject[]): Promise<KubeObject[]> {
  const applied: KubeObject[] = [];
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const key = namespace === undefined ? { name } : { name, namespace };
    const patch = { type: 'apply', body: object, force: true } as const;
    applied.push(await client.patch(kindOf(object), key, patch, { fieldManager: 'sympozium-cli' }));
  }
  return applied;
}

function kindOf({ apiVersion, kind }: KubeObject): Kind {
  const known = KINDS.find((k) => k.apiVersion === apiVersion && k.kind === kind);
  if (known) return known;
  throw new SympoziumError('SETTING_INVALID', `a manifest holds a ${kind} (${apiVersion}), which dev does not apply.`);
}
