import { badRequest } from '../api-error.js';
import type { Attributes, Authorizer, User } from '../auth/auth.js';
import { forbiddenError } from '../auth/forbidden.js';

type Headers = NodeJS.Dict<string[]>;
type ResourceAttributes = NonNullable<Attributes['resource']>;

const EXTRA = 'impersonate-extra-';
const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const ANONYMOUS = 'system:anonymous';
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';

/**
 * Who a request acts as, https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/: the user
 * themselves, or whom they name in headers and may be. `attributes` are the request's own.
 */
export function actingUser(headers: Headers, attributes: Attributes, authorizer: Authorizer): User {
  const wanted = wantedUser(headers);
  if (!wanted) return attributes.user;
  for (const resource of identities(wanted)) {
    const asked = { user: attributes.user, verb: 'impersonate', path: attributes.path, resource };
    const { allowed, reason } = authorizer.authorize(asked);
    if (!allowed)
      throw forbiddenError({ ...attributes, verb: `${constrainedVerb(wanted)}:${attributes.verb}` }, reason);
  }
  return { ...wanted, groups: groupsOf(wanted) };
}

function wantedUser(headers: Headers): User | undefined {
  const first = (header: string): string => headers[header]?.[0] ?? '';
  const name = first('impersonate-user');
  const groups = headers['impersonate-group'] ?? [];
  const uid = first('impersonate-uid');
  const extra = extraFields(headers);
  const more = { ...(uid !== '' && { uid }), ...(Object.keys(extra).length > 0 && { extra }) };
  if (name !== '') return { name, groups, ...more };
  if (groups.length === 0 && Object.keys(more).length === 0) return undefined;
  throw badRequest('requested groups, uid or extra fields without impersonating a user name');
}

const extraFields = (headers: Headers): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([header, values = []]) =>
      header.startsWith(EXTRA) ? [[unescaped(header.slice(EXTRA.length)), values] as const] : [],
    ),
  );

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Each thing that one must be allowed to be. */
function identities({ name, groups, uid, extra = {} }: User): ResourceAttributes[] {
  const core = { group: '', version: 'v1' };
  const authentication = { group: 'authentication.k8s.io', version: 'v1' };
  const [, namespace, account] = ACCOUNT.exec(name) ?? [];
  const who =
    namespace !== undefined && account !== undefined
      ? { ...core, plural: 'serviceaccounts', namespace, name: account }
      : { ...core, plural: 'users', name };
  return [
    who,
    ...groups.map((group) => ({ ...core, plural: 'groups', name: group })),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({ ...authentication, plural: 'userextras', subresource: key, name: value })),
    ),
    ...(uid === undefined ? [] : [{ ...authentication, plural: 'uids', name: uid }]),
  ];
}

/** The right that Kubernetes asks for last, and names in its refusal. */
const constrainedVerb = ({ name }: User): string =>
  ACCOUNT.test(name) ? 'impersonate-on:serviceaccount' : 'impersonate-on:user-info';

/** The groups that a user is in by being one; an account's are fixed unless others are named. */
function groupsOf({ name, groups }: User): readonly string[] {
  const [, namespace] = ACCOUNT.exec(name) ?? [];
  const ofAccount = ['system:serviceaccounts', `system:serviceaccounts:${namespace ?? ''}`];
  const named = groups.length === 0 && namespace !== undefined ? ofAccount : groups;
  if (named.includes(UNAUTHENTICATED)) return named;
  if (name === ANONYMOUS) return [...named, UNAUTHENTICATED];
  return named.includes(AUTHENTICATED) ? named : [...named, AUTHENTICATED];
}
