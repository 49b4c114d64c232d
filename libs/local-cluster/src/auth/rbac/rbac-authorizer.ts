import type { RevisionStore } from '../../storage/revision-store.js';
import type { Attributes, Authorizer, User } from '../auth.js';
import type { Bound } from './bindings.js';
import { ruleAllows, type PolicyRule } from './policy-rule.js';
import { RbacPolicy } from './rbac-policy.js';
import { RBAC_GROUP, type RoleRef, type Subject } from './rbac-objects.js';

/** Its members may do everything, whatever the roles say. */
export const MASTERS = 'system:masters';

/** Role-based access control over the store's roles and bindings; what it costs depends on the user's own rules. */
export class RbacAuthorizer implements Authorizer {
  readonly #policy: RbacPolicy;

  constructor(store: RevisionStore) {
    this.#policy = new RbacPolicy(store);
  }

  /** Ends its watches. */
  close(): void {
    this.#policy.close();
  }

  authorize(attributes: Attributes): { allowed: boolean; reason: string } {
    const { user, resource } = attributes;
    if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    const missing: RoleRef[] = [];
    for (const { bound, rules } of this.#policy.grantsOf(user, resource?.namespace)) {
      if (!rules) missing.push(bound.binding.roleRef);
      else if (rules.some((rule) => ruleAllows(rule, attributes)))
        return { allowed: true, reason: `RBAC: allowed by ${describe(bound)}` };
    }
    return { allowed: false, reason: missing.length === 0 ? '' : `rbac: RBAC: ${missingRoles(missing)}` };
  }

  /** Every rule that holds for a user in a namespace, and the roles that are bound but not there. */
  rulesFor(user: User, namespace?: string): { rules: readonly PolicyRule[]; missing: readonly RoleRef[] } {
    const grants = [...this.#policy.grantsOf(user, namespace)];
    return {
      rules: grants.flatMap(({ rules = [] }) => rules),
      missing: grants.filter(({ rules }) => !rules).map(({ bound }) => bound.binding.roleRef),
    };
  }

  /** Rules of the role that a binding refers to; undefined where there is no such role. */
  rulesOfRole(role: RoleRef, namespace?: string): readonly PolicyRule[] | undefined {
    return this.#policy.rulesOf(role, namespace);
  }
}

/** Names roles that are not there, in the words of a cache of them. */
export const missingRoles = (roles: readonly RoleRef[]): string =>
  aggregate(roles.map(({ kind, name }) => `${kind.toLowerCase()}.${RBAC_GROUP} ${JSON.stringify(name)} not found`));

/** Errors as Go writes several of them. */
export function aggregate(errors: readonly string[]): string {
  const texts = [...new Set(errors)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

function describe({ binding: { name, namespace, roleRef }, subject }: Bound): string {
  const binding =
    namespace === undefined
      ? `ClusterRoleBinding ${JSON.stringify(name)}`
      : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`;
  const to = `${subject.kind} ${JSON.stringify(nameOf(subject, namespace))}`;
  return `${binding} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${to}`;
}

const nameOf = ({ kind, name, namespace }: Subject, bindingNamespace = ''): string =>
  kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace}` : name;
