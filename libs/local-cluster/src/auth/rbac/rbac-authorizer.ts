import type { RevisionStore } from '../../storage/revision-store.js';
import type { Attributes, Authorizer, User } from '../auth.js';
import type { Bound } from './bindings.js';
import { ruleAllows, type PolicyRule } from './policy-rule.js';
import { RbacPolicy } from './rbac-policy.js';
import type { RoleRef, Subject } from './rbac-objects.js';

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
    const errors: string[] = [];
    for (const grant of this.#policy.grantsOf(user, resource?.namespace)) {
      if ('missing' in grant) errors.push(grant.missing);
      else if (grant.rules.some((rule) => ruleAllows(rule, attributes)))
        return { allowed: true, reason: `RBAC: allowed by ${describe(grant.bound)}` };
    }
    return { allowed: false, reason: errors.length === 0 ? '' : `rbac: RBAC: ${aggregate(errors)}` };
  }

  /** Every rule that holds for a user in a namespace, and what could not be found out. */
  rulesFor(user: User, namespace?: string): { rules: PolicyRule[]; error: string } {
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    for (const grant of this.#policy.grantsOf(user, namespace)) {
      if ('missing' in grant) errors.push(grant.missing);
      else rules.push(...grant.rules);
    }
    return { rules, error: errors.length === 0 ? '' : aggregate(errors) };
  }

  /** Rules of the role that a binding refers to; a text where there is no such role. */
  rulesOfRole(role: RoleRef, namespace?: string): readonly PolicyRule[] | string {
    return this.#policy.rulesOf(role, namespace);
  }
}

/** As Go's aggregate of errors is written. */
function aggregate(errors: readonly string[]): string {
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
