import type { ApiObject } from '../../api-object.js';
import { badRequest, conflict, notFound } from '../../api-error.js';
import { isObject } from '../../clone.js';
import { keyOf } from '../../rest/store-key.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import type { Grant, Reference } from './claims.js';

/** `spec.boundObjectRef` of a TokenRequest. */
export interface BoundRef {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}

export const isBoundRef = (value: unknown): value is BoundRef =>
  isObject(value) && Object.values(value).every((field) => typeof field === 'string');

/** What a token becomes bound to; throws where that is not there, is another one, or belongs to another account. */
export function resolveBoundObject(
  store: RevisionStore,
  account: ApiObject,
  ref: BoundRef,
): Pick<Grant, 'pod' | 'secret' | 'node'> {
  const { kind, name = '' } = ref;
  const home = homeOf(ref);
  const namespace = home.namespaced ? account.metadata.namespace : undefined;
  const resource = { group: '', plural: home.plural };
  const object = store.get(keyOf(resource, { name, ...(namespace !== undefined && { namespace }) }));
  if (!object) throw notFound(resource, name);
  if (kind === 'Pod') requireSameAccount(object, account.metadata.name ?? '');
  requireSameUid(object, ref);
  return { ...(kind === 'Pod' && nodeOf(store, object)), [home.claim]: referenceTo(object) };
}

interface Home {
  readonly plural: string;
  readonly claim: 'pod' | 'secret' | 'node';
  readonly namespaced: boolean;
}

function homeOf(ref: BoundRef): Home {
  const home = ref.apiVersion?.includes('/') ? undefined : HOMES[ref.kind ?? ''];
  if (!home) throw badRequest(`cannot bind token to object of type ${typeName(ref)}`);
  return home;
}

function requireSameUid({ metadata: { uid } }: ApiObject, { kind = '', name = '', uid: wanted = '' }: BoundRef): void {
  if (wanted === '' || wanted === uid) return;
  const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict({ group: '', plural: kind }, name, why);
}

function requireSameAccount(pod: ApiObject, name: string): void {
  const { serviceAccountName } = (pod['spec'] ?? {}) as { serviceAccountName?: string };
  if (serviceAccountName === name) return;
  throw badRequest(
    `cannot bind token for serviceaccount ${JSON.stringify(name)} to pod running with different serviceaccount name.`,
  );
}

const HOMES: Readonly<Record<string, Home>> = {
  Pod: { plural: 'pods', claim: 'pod', namespaced: true },
  Secret: { plural: 'secrets', claim: 'secret', namespaced: true },
  Node: { plural: 'nodes', claim: 'node', namespaced: false },
};

const referenceTo = ({ metadata: { name = '', uid = '' } }: ApiObject): Reference => ({ name, uid });

/** Where a Pod runs, if it does yet. */
function nodeOf(store: RevisionStore, pod: ApiObject): Pick<Grant, 'node'> {
  const { nodeName } = (pod['spec'] ?? {}) as { nodeName?: string };
  if (!nodeName) return {};
  const node = store.get(keyOf({ group: '', plural: 'nodes' }, { name: nodeName }));
  return { node: node ? referenceTo(node) : { name: nodeName } };
}

/** As Go prints a group, version and kind. */
function typeName({ apiVersion = '', kind = '' }: BoundRef): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}
