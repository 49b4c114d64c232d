import type { ApiObject } from '../../api-object.js';
import { aggregatedRules } from '../rbac/aggregated-rules.js';
import type { PolicyRule } from '../rbac/policy-rule.js';
import { RBAC_GROUP, type Subject } from '../rbac/rbac-objects.js';
import { AGGREGATED_RULES } from './aggregated-rules.js';
import { CONTROLLERS_RULES } from './controllers-rules.js';
import { SYSTEM_RULES } from './system-rules.js';

const API_VERSION = `${RBAC_GROUP}/v1`;
const CONTROLLER = 'system:controller:';

/** Roles that gather the rules of others, in an order in which each comes after those. */
const AGGREGATES = ['view', 'edit', 'admin'] as const;
const GATHERED_BY: Readonly<Record<string, string>> = {
  view: 'edit',
  edit: 'admin',
  ...Object.fromEntries(AGGREGATES.map((role) => [`system:aggregate-to-${role}`, role])),
};

const group = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'Group', name });
const user = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'User', name });

/** Who holds a role; ClusterRoles of controllers are held by their ServiceAccounts. */
const HOLDERS: Readonly<Record<string, readonly Subject[] | undefined>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:monitoring': [group('system:monitoring')],
  'system:node': undefined,
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
};

/** The ClusterRoles and bindings that every cluster begins with, as far as they are about what is served here. */
export function bootstrapRoles(): ApiObject[] {
  const plain = Object.entries({ ...SYSTEM_RULES, ...AGGREGATED_RULES, ...CONTROLLERS_RULES });
  const roles = plain.map(([name, rules]) => clusterRole(name, { rules }));
  for (const name of AGGREGATES) {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [gatherLabel(name)]: 'true' } }] };
    const role = clusterRole(name, { aggregationRule, rules: [] });
    roles.push({ ...role, rules: aggregatedRules(role, roles) });
  }
  return [...roles, ...bindings()];
}

function bindings(): ApiObject[] {
  const controllers = Object.keys(CONTROLLERS_RULES).map((role) => {
    const account = { kind: 'ServiceAccount', name: role.slice(CONTROLLER.length), namespace: 'kube-system' };
    return binding(role, [account]);
  });
  return [...Object.entries(HOLDERS).map(([role, subjects]) => binding(role, subjects)), ...controllers];
}

const gatherLabel = (role: string): string => `${RBAC_GROUP}/aggregate-to-${role}`;

function clusterRole(name: string, fields: { rules: readonly PolicyRule[]; aggregationRule?: object }): ApiObject {
  const gatherer = GATHERED_BY[name];
  const labels = gatherer === undefined ? {} : { [gatherLabel(gatherer)]: 'true' };
  return { ...header('ClusterRole', name, labels), ...fields };
}

const binding = (name: string, subjects: readonly Subject[] | undefined): ApiObject => ({
  ...header('ClusterRoleBinding', name),
  roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name },
  ...(subjects && { subjects }),
});

const header = (kind: string, name: string, labels: Readonly<Record<string, string>> = {}): ApiObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: {
    name,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  },
});
