import { VERBS, type Need, type Verb } from './need.js';

/** What RBAC allows of one resource, and why. */
export interface Rule {
  readonly group: string;
  readonly resource: string;
  readonly names?: readonly string[];
  /** In the order of `VERBS`. */
  readonly verbs: readonly Verb[];
  /** One line for each reason, each with its verbs. */
  readonly reasons: readonly string[];
}

/** One rule for each resource that is needed, in the order in which they are named first. */
export function rulesOf(needs: readonly Need[]): readonly Rule[] {
  const byResource = new Map<string, Need[]>();
  for (const need of needs) {
    const key = JSON.stringify([need.group, need.resource, need.names]);
    byResource.set(key, [...(byResource.get(key) ?? []), need]);
  }
  return [...byResource.values()].flatMap(ruleOf);
}

function ruleOf(needs: readonly Need[]): Rule[] {
  const [first] = needs;
  if (!first) return [];
  const { group, resource, names } = first;
  const wanted = new Set(needs.flatMap(({ verbs }) => verbs));
  const verbs = VERBS.filter((verb) => wanted.has(verb));
  const reasons = needs.map((need) => `${need.verbs.join(', ')}: ${need.why}`);
  return [{ group, resource, ...(names && { names }), verbs, reasons }];
}
