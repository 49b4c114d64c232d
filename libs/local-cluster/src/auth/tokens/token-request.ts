import type { Clock } from '@sympozium/process';
import type { ApiObject } from '../../api-object.js';
import { ApiError, badRequest, conflict, invalid, notFound, type FieldError } from '../../api-error.js';
import { trackUpdate } from '../../apply/index.js';
import { isObject } from '../../clone.js';
import { keyOf } from '../../rest/store-key.js';
import { timeOf } from '../../rest/times.js';
import { OBJECT_META } from '../../schema/object-meta.js';
import type { Schema } from '../../schema/schema.js';
import type { Handler, HandlerRequest } from '../../server/handlers.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import { ISSUER } from './claims.js';
import { isBoundRef, resolveBoundObject, type BoundRef } from './bound-object.js';
import type { ServiceAccountTokens } from './service-account-tokens.js';

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const API_VERSION = 'authentication.k8s.io/v1';
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const DEFAULT_SECONDS = 3600;

/** For the sake of managed fields: which parts a TokenRequest always has. */
const SCHEMA: Schema = {
  type: 'object',
  'x-go-type': 'v1.TokenRequest',
  properties: {
    metadata: OBJECT_META,
    spec: {
      type: 'object',
      default: {},
      required: ['audiences', 'boundObjectRef'],
      properties: {
        audiences: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
        boundObjectRef: {
          type: 'object',
          properties: Object.fromEntries(
            ['apiVersion', 'kind', 'name', 'uid'].map((name) => [name, { type: 'string' }]),
          ),
        },
        expirationSeconds: { type: 'integer' },
      },
    },
    status: { type: 'object', default: {} },
  },
};

interface Spec {
  readonly audiences: readonly string[] | null;
  readonly expirationSeconds: number;
  readonly boundObjectRef: BoundRef | null;
  readonly attestations?: object;
}

type TokenRequest = ApiObject & { spec: Spec };

/** `POST serviceaccounts/<name>/token`: a token for the account, bound to an object if one is named. */
export function tokenRequest({
  store,
  tokens,
  clock,
}: {
  readonly store: RevisionStore;
  readonly tokens: ServiceAccountTokens;
  readonly clock: Clock;
}): Handler {
  return async (request) => {
    const { body, tracked, account } = accepted(request, store, clock);
    const audiences = body.spec.audiences ?? [ISSUER];
    const spec = { ...body.spec, audiences };
    validate(spec);
    const bound = spec.boundObjectRef ? resolveBoundObject(store, account, spec.boundObjectRef) : {};
    const { expirationSeconds } = spec;
    const now = clock.now();
    const { token } = await tokens.mint({ account, audiences, expirationSeconds, ...bound });
    const { name, namespace, uid } = account.metadata;
    const metadata = { ...tracked.metadata, name, namespace, uid, creationTimestamp: timeOf(now) };
    const expirationTimestamp = timeOf(now + expirationSeconds * 1000);
    return { kind: KIND.kind, apiVersion: API_VERSION, metadata, spec, status: { token, expirationTimestamp } };
  };
}

/** The request as it is understood, once it names an account that is there. */
function accepted(
  { body: raw, namespace = '', name = '', fieldManager = '' }: HandlerRequest,
  store: RevisionStore,
  clock: Clock,
): { body: TokenRequest; tracked: ApiObject; account: ApiObject } {
  const body = bodyOf(raw);
  requireSamePlace(body.metadata, namespace, name);
  const account = store.get(keyOf({ group: '', plural: 'serviceaccounts' }, { namespace, name }));
  if (!account) throw notFound({ group: '', plural: 'serviceaccounts' }, name);
  requireSameUid(body.metadata, account);
  const now = timeOf(clock.now());
  const change = { schema: SCHEMA, apiVersion: API_VERSION, manager: fieldManager, subresource: 'token', now };
  return { body, account, tracked: trackUpdate({ ...change, proposed: body }) };
}

function requireSamePlace(metadata: ApiObject['metadata'], namespace: string, name: string): void {
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (metadata.name !== undefined && metadata.name !== name) {
    throw invalid(KIND, name, [mismatch('metadata.name', metadata.name)]);
  }
}

function requireSameUid({ uid: wanted }: ApiObject['metadata'], { metadata }: ApiObject): void {
  const { name = '', uid = '' } = metadata;
  if (wanted === undefined || wanted === uid) return;
  const why = `the UID in the token request (${wanted}) does not match the UID of the service account (${uid})`;
  throw conflict({ group: KIND.group, plural: KIND.kind }, name, why);
}

function bodyOf(raw: unknown): TokenRequest {
  const { metadata, spec } = isObject(raw) ? raw : {};
  const { audiences, expirationSeconds, boundObjectRef, attestations } = isObject(spec) ? spec : {};
  return {
    kind: KIND.kind,
    apiVersion: API_VERSION,
    metadata: (isObject(metadata) ? { ...metadata } : {}) as object as ApiObject['metadata'],
    spec: {
      audiences: Array.isArray(audiences) && audiences.length > 0 ? audiences.map(String) : null,
      expirationSeconds: typeof expirationSeconds === 'number' ? expirationSeconds : DEFAULT_SECONDS,
      boundObjectRef: isBoundRef(boundObjectRef) ? boundObjectRef : null,
      ...(isObject(attestations) && { attestations }),
    },
  };
}

const mismatch = (field: string, value: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: must match the service account name if specified`,
});

function validate({ expirationSeconds, attestations }: Spec): void {
  const error = (field: string, value: unknown, why: string): ApiError => {
    const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
    return invalid(KIND, '', [{ type: 'FieldValueInvalid', field, message }]);
  };
  const field = 'spec.expirationSeconds';
  if (attestations && Object.keys(attestations).length > 0) {
    const why = 'attestations may only be specified with a webhook bound object reference';
    throw error('spec.attestations', attestations, why);
  }
  if (expirationSeconds < MIN_SECONDS) {
    throw error(field, expirationSeconds, 'may not specify a duration less than 10 minutes');
  }
  if (expirationSeconds > MAX_SECONDS) {
    throw error(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds');
  }
}
