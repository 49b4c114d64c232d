import { readFileSync } from 'node:fs';
import { SympoziumError, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { parseAllDocuments } from 'yaml';

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

/** Objects of a file with one or more YAML documents. */
export function readManifests(path: string): KubeObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    const [error] = document.errors;
    if (error) throw new SympoziumError('SETTING_INVALID', `${path} is not valid YAML: ${error.message}`);
    return document.toJS() as KubeObject;
  });
}

/** Applies a file’s objects, in their order; all of them, or those of one kind. */
export async function applyManifests(client: KubeClient, path: string, only?: string): Promise<KubeObject[]> {
  const objects = readManifests(path).filter(({ kind }) => only === undefined || kind === only);
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const key = namespace === undefined ? { name } : { name, namespace };
    const patch = { type: 'apply', body: object, force: true } as const;
    await client.patch(kindOf(object, path), key, patch, { fieldManager: 'sympozium-cli' });
  }
  return objects;
}

function kindOf({ apiVersion, kind }: KubeObject, path: string): Kind {
  const known = KINDS.find((k) => k.apiVersion === apiVersion && k.kind === kind);
  if (known) return known;
  throw new SympoziumError('SETTING_INVALID', `${path} holds a ${kind} (${apiVersion}), which dev does not apply.`);
}
