import type { ApiObject } from '../../api-object.js';
import { keyOf } from '../../rest/store-key.js';
import { createMemoryStore } from '../../storage/index.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import { RBAC_GROUP, type Subject } from '../rbac/rbac-objects.js';
import type { PolicyRule } from '../rbac/policy-rule.js';

/** Where the store of a test keeps an object. */
function keyOfObject({ apiVersion, kind, metadata }: ApiObject): string {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return keyOf({ group, plural: `${kind.toLowerCase()}s` }, { ...metadata, name: metadata.name ?? '' });
}

export const put = (store: RevisionStore, object: ApiObject): Promise<ApiObject | undefined> =>
  store.update(keyOfObject(object), () => ({ action: 'store', object }));

export const remove = (store: RevisionStore, object: ApiObject): Promise<ApiObject | undefined> =>
  store.update(keyOfObject(object), () => ({ action: 'remove' }));

export async function storeWith(...objects: readonly ApiObject[]): Promise<RevisionStore> {
  const store = createMemoryStore();
  for (const object of objects) await put(store, object);
  return store;
}

const API_VERSION = `${RBAC_GROUP}/v1`;

/** A Role with a namespace, else a ClusterRole. */
export const role = (name: string, rules: readonly PolicyRule[], namespace?: string): ApiObject => ({
  apiVersion: API_VERSION,
  kind: namespace === undefined ? 'ClusterRole' : 'Role',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  rules,
});

/** A RoleBinding with a namespace, else a ClusterRoleBinding; `to` is `ClusterRole/<name>` or `Role/<name>`. */
export function bind(name: string, to: string, subjects: readonly Subject[], namespace?: string): ApiObject {
  const [kind, roleName] = to.split('/');
  return {
    apiVersion: API_VERSION,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: RBAC_GROUP, kind, name: roleName },
    subjects,
  };
}

/** A core object such as `ServiceAccount`, with its name as uid. */
export const core = (kind: string, name: string, namespace?: string, spec?: object): ApiObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `uid-${name}`, ...(namespace !== undefined && { namespace }) },
  ...(spec && { spec }),
});
