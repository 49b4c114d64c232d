import type { ApiObject } from '../../api-object.js';
import { keyOf } from '../../rest/store-key.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import type { Claims, Reference } from './claims.js';

/** How far clocks may be apart, and how long what is deleted still counts. */
const LEEWAY_SECONDS = 60;
const INVALIDATED = 'service account token has been invalidated';

/** Why a token with these claims is good no more; undefined: it is good. `now` in seconds. */
export function problemOf(claims: Claims, store: RevisionStore, now: number): string | undefined {
  return timeProblem(claims, now) ?? accountProblem(claims, store, now) ?? bindingProblem(claims, store, now);
}

function timeProblem({ exp, nbf, iat }: Claims, now: number): string | undefined {
  if (now - LEEWAY_SECONDS > exp) return 'service account token has expired';
  if (now + LEEWAY_SECONDS < nbf) return 'service account token is not valid yet';
  return now + LEEWAY_SECONDS < iat ? 'service account token is issued in the future' : undefined;
}

function accountProblem({ 'kubernetes.io': bound }: Claims, store: RevisionStore, now: number): string | undefined {
  const { namespace, serviceaccount } = bound;
  const { name, uid = '' } = serviceaccount;
  const account = store.get(keyOf({ group: '', plural: 'serviceaccounts' }, { namespace, name }));
  if (!account) return `serviceaccounts ${JSON.stringify(name)} not found`;
  if (account.metadata.uid !== uid) {
    return `service account UID (${account.metadata.uid ?? ''}) does not match claim (${uid})`;
  }
  return isDeleted(account, now) ? `service account ${namespace}/${name} has been deleted` : undefined;
}

function bindingProblem({ 'kubernetes.io': bound }: Claims, store: RevisionStore, now: number): string | undefined {
  const { namespace, pod, secret, node } = bound;
  const check = (kind: 'secret' | 'pod' | 'node', reference: Reference): string | undefined => {
    const home = kind === 'node' ? {} : { namespace };
    const object = store.get(keyOf({ group: '', plural: `${kind}s` }, { ...home, name: reference.name }));
    if (!object) return INVALIDATED;
    const { uid = '' } = object.metadata;
    if (uid === reference.uid) return isDeleted(object, now) ? INVALIDATED : undefined;
    return `${kind} UID (${uid}) does not match service account ${kind} ref claim (${reference.uid ?? ''})`;
  };
  if (secret) return check('secret', secret);
  return pod ? check('pod', pod) : node && check('node', node);
}

const isDeleted = ({ metadata: { deletionTimestamp } }: ApiObject, now: number): boolean =>
  deletionTimestamp !== undefined && Date.parse(deletionTimestamp) / 1000 < now - LEEWAY_SECONDS;
