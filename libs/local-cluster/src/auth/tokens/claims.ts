import type { ApiObject } from '../../api-object.js';
import type { User } from '../auth.js';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** What a ServiceAccount's token says, https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/. Fields in the order of the real ones. */
export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': Binding;
  readonly nbf: number;
  readonly sub: string;
}

/** The account, and the object that the token ends with. */
interface Binding {
  readonly namespace: string;
  /** Of a Pod's token it says where the Pod runs. */
  readonly node?: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly serviceaccount: Reference;
  /** Seconds since the epoch; from then on a token is used longer than was asked for. */
  readonly warnafter?: number;
}

export interface Reference {
  readonly name: string;
  /** Absent: of a Node that was not there. */
  readonly uid?: string;
}

/** What a token is asked for with. */
export interface Grant {
  readonly account: ApiObject;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly node?: Reference;
}

/** What the kubelet asks for: the one duration that is extended, so that old clients that read a token once go on. */
const EXTENDED_SECONDS = 3607;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function claimsOf(grant: Grant, issuer: string, now: number, id: string): Claims {
  const { account, audiences, expirationSeconds } = grant;
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const extended = isExtended(grant, issuer);
  return {
    aud: audiences,
    exp: now + (extended ? YEAR_SECONDS : expirationSeconds),
    iat: now,
    iss: issuer,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...boundObjects(grant),
      serviceaccount: { name, uid },
      ...(extended && { warnafter: now + expirationSeconds }),
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}

const isExtended = ({ pod, expirationSeconds, audiences }: Grant, issuer: string): boolean =>
  pod !== undefined && expirationSeconds === EXTENDED_SECONDS && audiences.every((audience) => audience === issuer);

const boundObjects = ({ node, pod, secret }: Grant): Pick<Binding, 'node' | 'pod' | 'secret'> => ({
  ...(node && { node }),
  ...(pod && { pod }),
  ...(secret && { secret }),
});

/** Whom a token stands for. */
export function userOf({ jti, sub, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: Claims): User {
  const facts: [string, string | undefined][] = [
    ['credential-id', jti && `JTI=${jti}`],
    ['node-name', node?.name],
    ['node-uid', node?.uid],
    ['pod-name', pod?.name],
    ['pod-uid', pod?.uid],
  ];
  const extra = facts.flatMap(([key, value]) => (value ? [[`authentication.kubernetes.io/${key}`, [value]]] : []));
  return {
    name: sub,
    uid: serviceaccount.uid ?? '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: Object.fromEntries(extra) as Record<string, string[]>,
  };
}
