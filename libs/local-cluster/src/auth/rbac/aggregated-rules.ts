import type { ApiObject } from '../../api-object.js';
import { selects, type LabelSelector } from '../../label-selector.js';
import { sortedJson } from '../../schema/json.js';
import type { PolicyRule } from './policy-rule.js';
import { rulesOf } from './rbac-objects.js';

/** Selectors of the roles whose rules a ClusterRole gathers; undefined: its rules are its own. */
export function aggregationOf(role: ApiObject): readonly LabelSelector[] | undefined {
  const rule = role['aggregationRule'] as { clusterRoleSelectors?: readonly LabelSelector[] | null } | null | undefined;
  return rule ? (rule.clusterRoleSelectors ?? []) : undefined;
}

/** The rules that a ClusterRole gathers from others, each once. */
export function aggregatedRules(role: ApiObject, roles: readonly ApiObject[]): PolicyRule[] {
  const others = roles.filter(({ metadata }) => metadata.name !== role.metadata.name).sort(byName);
  const rules = (aggregationOf(role) ?? []).flatMap((selector) =>
    others.filter(({ metadata }) => selects(selector, metadata.labels)).flatMap(rulesOf),
  );
  return [...new Map(rules.map((rule) => [sortedJson(rule), rule])).values()];
}

const byName = (a: ApiObject, b: ApiObject): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);
