import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../api-error.js';
import { fieldsOf, type Fields } from '../builtin/strategies/access.js';
import { keyOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from './create-admission.js';
import { NAMESPACES } from './namespace-lifecycle.js';
import { rejectUnknownLevels } from './pod-security-labels.js';
import { violationsOf, type PodSecurityLevel } from './pod-security-levels.js';

const LABEL = 'pod-security.kubernetes.io/';
const TEMPLATED = ['apps/Deployment', 'apps/ReplicaSet', 'batch/Job'];

/** A namespace's Pod Security labels: `enforce` refuses Pods, `warn` warns of Pods and of templates. */
export function admitPodSecurity(store: RevisionStore, request: AdmissionRequest): void {
  rejectUnknownLevels(request);
  const { object, old, resource, name, warn } = request;
  const isPod = resource.group === '' && resource.kind === 'Pod';
  if (!isPod && !TEMPLATED.includes(`${resource.group}/${resource.kind}`)) return;
  if (!object || isUnchanged(object, old, isPod)) return;
  const spec = podSpecOf(object, isPod);
  const labels = labelsOf(store, name.namespace);
  const enforced = isPod ? violation(labels, 'enforce', spec) : undefined;
  if (enforced !== undefined) throw forbidden(resource, name.name, `violates PodSecurity ${enforced}`);
  const warned = violation(warnedOf(labels), 'warn', spec);
  if (warned !== undefined) warn(`would violate PodSecurity ${warned}`);
}

const labelsOf = (store: RevisionStore, namespace = ''): Readonly<Record<string, string>> =>
  store.get(keyOf(NAMESPACES, { name: namespace }))?.metadata.labels ?? {};

const isUnchanged = (object: Fields, old: Fields | undefined, isPod: boolean): boolean =>
  old !== undefined && isDeepStrictEqual(podSpecOf(object, isPod), podSpecOf(old, isPod));

/** What is refused is warned of as well, where the labels do not say otherwise. */
function warnedOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const enforced = labels[`${LABEL}enforce`];
  if (enforced === undefined || labels[`${LABEL}warn`] !== undefined) return labels;
  const version = labels[`${LABEL}warn-version`] ?? labels[`${LABEL}enforce-version`];
  return { [`${LABEL}warn`]: enforced, ...(version !== undefined && { [`${LABEL}warn-version`]: version }) };
}

function violation(
  labels: Readonly<Record<string, string>>,
  mode: 'enforce' | 'warn',
  spec: Fields,
): string | undefined {
  const level = levelOf(labels[`${LABEL}${mode}`]);
  const details = violationsOf(level, spec);
  if (details.length === 0) return undefined;
  return `"${level}:${labels[`${LABEL}${mode}-version`] ?? 'latest'}": ${details.join(', ')}`;
}

/** What is no level counts as the strictest. */
function levelOf(label: string | undefined): PodSecurityLevel {
  if (label === undefined) return 'privileged';
  return label === 'privileged' || label === 'baseline' ? label : 'restricted';
}

const podSpecOf = (object: Fields, isPod: boolean): Fields => {
  const spec = fieldsOf(object['spec']);
  return isPod ? spec : fieldsOf(fieldsOf(spec['template'])['spec']);
};
