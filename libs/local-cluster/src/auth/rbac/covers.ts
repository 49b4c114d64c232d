import { includes, urlCovers, type PolicyRule } from './policy-rule.js';

/** What of the wanted rules the owned ones do not allow, in rules of one verb and one thing each. */
export const uncovered = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap(singleRules).filter((single) => !owned.some((rule) => covers(rule, single)));

function singleRules({ verbs = [], apiGroups = [], resources = [], resourceNames, nonResourceURLs = [] }: PolicyRule) {
  const names = resourceNames?.length ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  const things: PolicyRule[] = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...name })),
      ),
    ),
  );
  const paths: PolicyRule[] = nonResourceURLs.flatMap((url) =>
    verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] })),
  );
  return [...things, ...paths];
}

const all = (wanted: readonly string[] | undefined, has: (entry: string) => boolean): boolean =>
  (wanted ?? []).every(has);

const covers = (owned: PolicyRule, single: PolicyRule): boolean =>
  all(single.verbs, (verb) => includes(owned.verbs, verb)) &&
  all(single.apiGroups, (group) => includes(owned.apiGroups, group)) &&
  all(single.resources, (resource) => coversResource(owned.resources, resource)) &&
  all(single.nonResourceURLs, (url) => owned.nonResourceURLs?.some((own) => urlCovers(own, url)) ?? false) &&
  coversNames(owned.resourceNames, single.resourceNames);

function coversResource(owned: readonly string[] = [], resource: string): boolean {
  if (includes(owned, resource)) return true;
  const slash = resource.indexOf('/');
  return slash > 0 && owned.includes(`*${resource.slice(slash)}`);
}

const coversNames = (owned: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  owned.length === 0 || (wanted.length > 0 && wanted.every((name) => owned.includes(name)));

/** Rules in the short form of refusals, those of one resource together, each once and sorted. */
export function describeRules(rules: readonly PolicyRule[]): string[] {
  const verbs = new Map<string, { rule: PolicyRule; verbs: string[] }>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs && rule]);
    const known = verbs.get(key);
    if (known) known.verbs.push(...(rule.verbs ?? []));
    else verbs.set(key, { rule, verbs: [...(rule.verbs ?? [])] });
  }
  const texts = [...verbs.values()].map(({ rule, verbs: together }) => compact({ ...rule, verbs: together }));
  return [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function compact({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ];
  return `{${parts.flatMap(([name, list]) => (list?.length ? [`${name}:${goList(list)}`] : [])).join(', ')}}`;
}

/** `["a" "b"]`, as Go prints a list of texts. */
export const goList = (list: readonly string[]): string => `[${list.map((entry) => JSON.stringify(entry)).join(' ')}]`;
