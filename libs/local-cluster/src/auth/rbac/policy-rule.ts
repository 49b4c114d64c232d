import type { Attributes } from '../auth.js';

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-v1/#PolicyRule */
export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const ALL = '*';

export const includes = (list: readonly string[] | undefined, wanted: string): boolean =>
  list?.some((entry) => entry === ALL || entry === wanted) ?? false;

/** Whether a rule alone allows what is asked. */
export function ruleAllows(rule: PolicyRule, { verb, path, resource }: Attributes): boolean {
  if (!includes(rule.verbs, verb)) return false;
  if (!resource) return rule.nonResourceURLs?.some((url) => urlCovers(url, path)) ?? false;
  return (
    includes(rule.apiGroups, resource.group) &&
    resourceMatches(rule.resources, resource.plural, resource.subresource) &&
    nameMatches(rule.resourceNames, resource.name ?? '')
  );
}

function resourceMatches(resources: readonly string[] = [], plural: string, subresource = ''): boolean {
  if (subresource === '') return includes(resources, plural);
  return includes(resources, `${plural}/${subresource}`) || resources.includes(`*/${subresource}`);
}

const nameMatches = (names: readonly string[] = [], name: string): boolean =>
  names.length === 0 || names.includes(name);

/** `*` alone is every path; at the end it is every path that begins so. */
export const urlCovers = (url: string, path: string): boolean =>
  url === ALL || url === path || (url.endsWith(ALL) && path.startsWith(url.replace(/\*+$/, '')));
