import type { Clock } from '@sympozium/process';
import type { ApiObject } from '../../api-object.js';
import { badRequest } from '../../api-error.js';
import { trackUpdate } from '../../apply/index.js';
import { isObject } from '../../clone.js';
import { timeOf } from '../../rest/times.js';
import type { Handler, HandlerRequest } from '../../server/handlers.js';
import type { User } from '../auth.js';
import { MASTERS, missingRoles, type RbacAuthorizer } from '../rbac/rbac-authorizer.js';
import type { PolicyRule } from '../rbac/policy-rule.js';
import type { TokenReviewer } from '../tokens/reviewer.js';
import { reviewAccess } from './access-review.js';

export interface ReviewOptions {
  readonly authenticator: TokenReviewer;
  readonly authorizer: RbacAuthorizer;
  readonly clock: Clock;
}

type Review = ApiObject & { spec: Record<string, unknown> };

const AUTHENTICATED = 'system:authenticated';

/** Handlers of the kinds that are only asked and stored nowhere, by `<group>/<plural>`. */
export const reviewHandlers = (options: ReviewOptions): Map<string, Handler> =>
  new Map<string, Handler>([
    ['authentication.k8s.io/tokenreviews', (request) => reviewToken(request, options)],
    ['authentication.k8s.io/selfsubjectreviews', (request) => reviewSelf(request, options)],
    ['authorization.k8s.io/selfsubjectaccessreviews', (request) => answerAccess(request, options, request.user)],
    ['authorization.k8s.io/subjectaccessreviews', (request) => answerAccess(request, options)],
    ['authorization.k8s.io/selfsubjectrulesreviews', (request) => reviewRules(request, options)],
  ]);

async function reviewToken(request: HandlerRequest, { authenticator, clock }: ReviewOptions): Promise<ApiObject> {
  const review = reviewOf(request, clock);
  const { token, audiences } = review.spec;
  if (typeof token !== 'string' || token === '')
    throw badRequest('token is required for TokenReview in authentication');
  const found = await authenticator.review(token, Array.isArray(audiences) ? audiences.map(String) : []);
  if (typeof found === 'string') return { ...review, status: { user: {}, error: found } };
  const { user, audiences: meant } = found;
  return { ...review, status: { authenticated: true, user: userInfo(authenticated(user)), audiences: meant } };
}

function reviewSelf({ resource, user }: HandlerRequest, { clock }: ReviewOptions): Promise<ApiObject> {
  const metadata = { creationTimestamp: timeOf(clock.now()) } as ApiObject['metadata'];
  return Promise.resolve({ ...typeOf(resource), metadata, status: { userInfo: userInfo(user) } });
}

function answerAccess(request: HandlerRequest, { authorizer, clock }: ReviewOptions, self?: User): Promise<ApiObject> {
  const review = reviewOf(request, clock);
  return Promise.resolve({ ...review, status: reviewAccess(review, authorizer, self) });
}

function reviewRules(request: HandlerRequest, { authorizer, clock }: ReviewOptions): Promise<ApiObject> {
  const { namespace } = reviewOf(request, clock).spec;
  if (typeof namespace !== 'string' || namespace === '') throw badRequest('no namespace on request');
  const { rules, missing } = authorizer.rulesFor(request.user, namespace);
  const all = request.user.groups.includes(MASTERS) ? [...EVERYTHING, ...rules] : rules;
  const status = {
    resourceRules: distinct(all, ['verbs', 'apiGroups', 'resources', 'resourceNames'], 'resources'),
    nonResourceRules: distinct(all, ['verbs', 'nonResourceURLs'], 'nonResourceURLs'),
    incomplete: false,
    ...(missing.length > 0 && { evaluationError: missingRoles(missing) }),
  };
  const metadata = {} as ApiObject['metadata'];
  return Promise.resolve({ ...typeOf(request.resource), metadata, spec: {}, status });
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Those rules that have the key, each once, with these fields. */
function distinct(
  rules: readonly PolicyRule[],
  fields: readonly (keyof PolicyRule)[],
  key: keyof PolicyRule,
): object[] {
  const texts = rules
    .filter((rule) => rule[key]?.length)
    .map((rule) => JSON.stringify(Object.fromEntries(fields.map((field) => [field, rule[field]]))));
  return [...new Set(texts)].map((text) => JSON.parse(text) as object);
}

/** The body with who wrote what in it, and no status of its own. */
function reviewOf({ body, resource, fieldManager = '' }: HandlerRequest, clock: Clock): Review {
  const { metadata, spec } = isObject(body) ? body : {};
  const kept = { ...(isObject(metadata) && metadata), namespace: undefined, uid: undefined };
  const proposed: Review = {
    ...typeOf(resource),
    metadata: JSON.parse(JSON.stringify(kept)) as ApiObject['metadata'],
    spec: isObject(spec) ? spec : {},
  };
  const now = timeOf(clock.now());
  const { schema } = resource;
  return trackUpdate({ schema, apiVersion: proposed.apiVersion, proposed, manager: fieldManager, now }) as Review;
}

const typeOf = ({ kind, group, version }: HandlerRequest['resource']): { kind: string; apiVersion: string } => ({
  kind,
  apiVersion: `${group}/${version}`,
});

/** Whoever is known is in this group. */
const authenticated = (user: User): User =>
  user.groups.includes(AUTHENTICATED) ? user : { ...user, groups: [...user.groups, AUTHENTICATED] };

const userInfo = ({ name, uid, groups, extra }: User): object => ({
  username: name,
  ...(uid !== undefined && uid !== '' && { uid }),
  groups,
  ...(extra && Object.keys(extra).length > 0 && { extra }),
});
