import type { ApiObject } from '../../api-object.js';
import { parseLabelSelector } from '../../rest/selectors.js';
import { sortedJson } from '../../schema/json.js';
import type { PolicyRule } from './policy-rule.js';
import { rulesOf } from './rbac-objects.js';

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: string[];
  }[];
}

/** Selectors of the roles whose rules a ClusterRole gathers; undefined: its rules are its own. */
export function aggregationOf(role: ApiObject): readonly LabelSelector[] | undefined {
  const rule = role['aggregationRule'] as { clusterRoleSelectors?: readonly LabelSelector[] | null } | null | undefined;
  return rule ? (rule.clusterRoleSelectors ?? []) : undefined;
}

/** The rules that a ClusterRole gathers from others, each once. */
export function aggregatedRules(role: ApiObject, roles: readonly ApiObject[]): PolicyRule[] {
  const others = roles.filter(({ metadata }) => metadata.name !== role.metadata.name).sort(byName);
  const rules = (aggregationOf(role) ?? []).flatMap((selector) => {
    const matches = parseLabelSelector(textOf(selector));
    return others.filter(({ metadata }) => matches(metadata.labels)).flatMap(rulesOf);
  });
  return [...new Map(rules.map((rule) => [sortedJson(rule), rule])).values()];
}

const byName = (a: ApiObject, b: ApiObject): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);

function textOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}
