import type { ApiObject } from '../../api-object.js';
import { forbidden, notFound } from '../../api-error.js';
import type { Admission, AdmissionRequest } from '../../rest/object-api.js';
import { sameJson } from '../../schema/json.js';
import { describeRules, goList, uncovered } from './covers.js';
import type { PolicyRule } from './policy-rule.js';
import { aggregate, MASTERS, type RbacAuthorizer } from './rbac-authorizer.js';
import { bindingOf, RBAC_GROUP, rulesOf, type RoleRef } from './rbac-objects.js';

const ROLES = new Set(['roles', 'clusterroles']);
const BINDINGS = new Set(['rolebindings', 'clusterrolebindings']);
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Nobody gives away what they do not have, unless they may `escalate` roles or `bind` the role in question. */
export function rbacEscalation(authorizer: RbacAuthorizer): Required<Pick<Admission, 'admit'>> {
  return {
    admit(request) {
      const { operation, resource, user } = request;
      if (resource.group !== RBAC_GROUP || operation === 'DELETE' || user.groups.includes(MASTERS)) return;
      if (!request.object || isCleanUp(request.object, request.old)) return;
      if (ROLES.has(resource.plural)) admitRole(authorizer, request, request.object);
      if (BINDINGS.has(resource.plural)) admitBinding(authorizer, request, request.object);
    },
  };
}

function admitRole(authorizer: RbacAuthorizer, request: AdmissionRequest, role: ApiObject): void {
  if (mayEscalate(authorizer, request)) return;
  const refusal = refusalOf(authorizer, request, rulesOf(role));
  if (refusal !== undefined) throw forbidden(request.resource, nameIn(role), refusal);
  if (!aggregates(role) && !(request.old && aggregates(request.old))) return;
  if (refusalOf(authorizer, request, EVERYTHING) === undefined) return;
  throw forbidden(request.resource, nameIn(role), 'must have cluster-admin privileges to use the aggregationRule');
}

function admitBinding(authorizer: RbacAuthorizer, request: AdmissionRequest, binding: ApiObject): void {
  const { roleRef } = bindingOf(binding);
  if (mayBind(authorizer, request, roleRef)) return;
  const rules = authorizer.rulesOfRole(roleRef, request.name.namespace);
  if (!rules) throw notFound(request.resource, roleRef.name);
  const refusal = refusalOf(authorizer, request, rules);
  if (refusal !== undefined) throw forbidden(request.resource, nameIn(binding), refusal);
}

/** Why the user may not give these rules away; undefined: they hold them all. */
function refusalOf(
  authorizer: RbacAuthorizer,
  { user, name: { namespace }, resource }: AdmissionRequest,
  rules: readonly PolicyRule[],
): string | undefined {
  const { rules: owned, missing } = authorizer.rulesFor(user, namespace);
  const lacking = uncovered(owned, rules);
  if (lacking.length === 0) return undefined;
  const text = `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${describeRules(lacking).join('\n')}`;
  if (missing.length === 0) return text;
  return `${text}; resolution errors: [${aggregate(missing.map(({ name }) => notFound(resource, name).message))}]`;
}

function mayEscalate(authorizer: RbacAuthorizer, { operation, user, resource, name }: AdmissionRequest): boolean {
  const asked = {
    group: resource.group,
    version: '*',
    plural: resource.plural,
    ...(name.namespace !== undefined && { namespace: name.namespace }),
    ...(operation === 'UPDATE' && { name: name.name }),
  };
  return authorizer.authorize({ user, verb: 'escalate', path: '', resource: asked }).allowed;
}

function mayBind(authorizer: RbacAuthorizer, { user, name: { namespace } }: AdmissionRequest, role: RoleRef): boolean {
  const asked = {
    group: role.apiGroup,
    version: '*',
    plural: role.kind === 'Role' ? 'roles' : 'clusterroles',
    name: role.name,
    ...(namespace !== undefined && { namespace }),
  };
  return authorizer.authorize({ user, verb: 'bind', path: '', resource: asked }).allowed;
}

const nameIn = ({ metadata }: ApiObject): string => metadata.name ?? '';

const aggregates = (role: ApiObject): boolean => {
  const { clusterRoleSelectors = [] } = (role['aggregationRule'] ?? {}) as { clusterRoleSelectors?: unknown[] };
  return clusterRoleSelectors.length > 0;
};

/** Whether an update changes only what garbage collection needs. */
const isCleanUp = (object: ApiObject, old: ApiObject | undefined): boolean =>
  old !== undefined && sameJson(essentials(object), essentials(old));

const essentials = ({ metadata, ...rest }: ApiObject): object => ({
  ...rest,
  metadata: {
    ...metadata,
    ownerReferences: undefined,
    finalizers: undefined,
    managedFields: undefined,
    resourceVersion: undefined,
  },
});
