import type { PolicyRule } from '../rbac/policy-rule.js';

/** Rules by the name of their ClusterRole. */
export type RoleRules = Readonly<Record<string, readonly PolicyRule[]>>;

const words = (text: string): string[] => text.split(' ');

/** A rule about resources; lists are words, and `core` is the group without a name. */
export const rule = (verbs: string, apiGroups: string, resources: string, resourceNames?: string): PolicyRule => ({
  apiGroups: words(apiGroups).map((group) => (group === 'core' ? '' : group)),
  ...(resourceNames !== undefined && { resourceNames: words(resourceNames) }),
  resources: words(resources),
  verbs: words(verbs),
});

/** A rule about paths that are no resources. */
export const paths = (verbs: string, nonResourceURLs: string): PolicyRule => ({
  nonResourceURLs: words(nonResourceURLs),
  verbs: words(verbs),
});
