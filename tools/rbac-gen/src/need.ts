import type { Kind } from '@sympozium/api';

/** What RBAC can allow; a wildcard is no verb. */
export const VERBS = ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

/** One thing that an app does with one resource, and why. */
export interface Need {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Plural name, with its subresource if it is about one: `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  /** Names of the only objects it is about; absent: all of a namespace. */
  readonly names?: readonly string[];
  /** Written behind the verbs, as a comment. */
  readonly why: string;
}

/** A need of a kind that the code knows. */
export const needOf = ({ apiVersion, plural }: Kind, verbs: readonly Verb[], why: string): Need => ({
  group: groupOf(apiVersion),
  resource: plural,
  verbs,
  why,
});

/** The same, of a subresource. */
export const needOfPart = (kind: Kind, part: string, verbs: readonly Verb[], why: string): Need => {
  const need = needOf(kind, verbs, why);
  return { ...need, resource: `${need.resource}/${part}` };
};

/** `apps` of `apps/v1`, nothing of `v1`. */
const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');
