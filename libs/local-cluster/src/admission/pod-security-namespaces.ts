import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../api-error.js';
import { fieldsOf } from '../builtin/strategies/access.js';
import { prefixOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from '../rest/object-api.js';
import { LEVELS, reasonsOf, violationsOf } from './pod-security-levels.js';
import { policyErrors, policyOf, shownPolicy, type PodSecurityPolicy } from './pod-security-policy.js';

const PODS = { group: '', plural: 'pods' };

/** A namespace's labels mean something, and who makes them stricter hears which Pods would not be let in now. */
export function judgePolicyLabels(store: RevisionStore, { object, old, resource, name, warn }: AdmissionRequest): void {
  if (!object) return;
  const labels = object.metadata.labels ?? {};
  const before = old && (old.metadata.labels ?? {});
  requireGoodLabels(labels, before, { resource, name: name.name });
  const policy = policyOf(labels, 'enforce');
  if (before && isStricter(policy, policyOf(before, 'enforce'))) warningsOf(store, name.name, policy).forEach(warn);
}

/** Labels that were wrong already may stay. */
function requireGoodLabels(
  labels: Labels,
  before: Labels | undefined,
  { resource, name }: { readonly resource: AdmissionRequest['resource']; readonly name: string },
): void {
  const errors = policyErrors(labels);
  if (errors.length === 0 || (before && isDeepStrictEqual(errors, policyErrors(before)))) return;
  throw invalid(resource, name, errors);
}

type Labels = Readonly<Record<string, string>>;

const rank = ({ level }: PodSecurityPolicy): number => LEVELS.indexOf(level);

const isStricter = (next: PodSecurityPolicy, before: PodSecurityPolicy): boolean =>
  next.level !== 'privileged' && (next.version !== before.version || rank(next) > rank(before));

function warningsOf(store: RevisionStore, namespace: string, policy: PodSecurityPolicy): string[] {
  const names = new Map<string, string[]>();
  for (const { metadata, ...pod } of store.list(prefixOf(PODS, namespace))) {
    const reasons = reasonsOf(violationsOf(policy.level, fieldsOf(pod['spec']), fieldsOf(metadata.annotations)));
    if (reasons !== '') names.set(reasons, [...(names.get(reasons) ?? []), metadata.name]);
  }
  if (names.size === 0) return [];
  const head =
    `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ` +
    JSON.stringify(shownPolicy(policy));
  return [head, ...[...names].map(([reasons, of]) => `${whose(of)}: ${reasons}`).sort()];
}

function whose(names: readonly string[]): string {
  const [first = '', ...others] = [...names].sort();
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
