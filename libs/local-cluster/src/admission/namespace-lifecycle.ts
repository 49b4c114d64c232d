import { ApiError, forbidden, notFound } from '../api-error.js';
import { keyOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from '../rest/object-api.js';

export const NAMESPACES = { group: '', plural: 'namespaces' };
const LASTING = ['default', 'kube-system', 'kube-public'];

/** Nothing begins in a namespace that is not there or goes away; some namespaces never go (NamespaceLifecycle). */
export function admitNamespaced(store: RevisionStore, request: AdmissionRequest): void {
  const { operation, resource, name } = request;
  if (resource.group === '' && resource.kind === 'Namespace') {
    if (operation === 'DELETE' && LASTING.includes(name.name))
      throw forbidden(resource, name.name, 'this namespace may not be deleted');
    return;
  }
  if (operation === 'CREATE' && name.namespace !== undefined) requireLiving(store, request, name.namespace);
}

function requireLiving(store: RevisionStore, { resource, name }: AdmissionRequest, namespace: string): void {
  const found = store.get(keyOf(NAMESPACES, { name: namespace }));
  if (!found) throw notFound(NAMESPACES, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { message, details } = forbidden(resource, name.name, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw new ApiError(403, 'Forbidden', message, { ...details, causes: [cause] });
}
