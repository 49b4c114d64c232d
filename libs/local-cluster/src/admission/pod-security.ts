import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../api-error.js';
import { fieldsOf, type Fields } from '../builtin/strategies/access.js';
import { keyOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from './create-admission.js';
import { NAMESPACES } from './namespace-lifecycle.js';
import { rejectUnknownLevels } from './pod-security-labels.js';
import { violationsOf } from './pod-security-levels.js';
import { policyOf, shownPolicy, type PodSecurityMode } from './pod-security-policy.js';

const TEMPLATED = ['apps/Deployment', 'apps/ReplicaSet', 'batch/Job'];

/** A namespace's Pod Security labels: `enforce` refuses Pods, `warn` warns of Pods and of templates. */
export function admitPodSecurity(store: RevisionStore, request: AdmissionRequest): void {
  rejectUnknownLevels(request);
  const { object, old, resource, name, warn } = request;
  const isPod = resource.group === '' && resource.kind === 'Pod';
  if (!isPod && !TEMPLATED.includes(`${resource.group}/${resource.kind}`)) return;
  if (!object || isUnchanged(object, old, isPod)) return;
  const run = runOf(object, isPod);
  const labels = labelsOf(store, name.namespace);
  const enforced = isPod ? violation(labels, 'enforce', run) : undefined;
  if (enforced !== undefined) throw forbidden(resource, name.name, `violates PodSecurity ${enforced}`);
  const warned = violation(labels, 'warn', run);
  if (warned !== undefined) warn(`would violate PodSecurity ${warned}`);
}

const labelsOf = (store: RevisionStore, namespace = ''): Readonly<Record<string, string>> =>
  store.get(keyOf(NAMESPACES, { name: namespace }))?.metadata.labels ?? {};

const isUnchanged = (object: Fields, old: Fields | undefined, isPod: boolean): boolean =>
  old !== undefined && isDeepStrictEqual(runOf(object, isPod), runOf(old, isPod));

/** What is wrong at a mode's level, with the level first. */
function violation(
  labels: Readonly<Record<string, string>>,
  mode: PodSecurityMode,
  { spec, annotations }: Run,
): string | undefined {
  const policy = policyOf(labels, mode);
  const details = violationsOf(policy.level, spec, annotations);
  return details.length === 0 ? undefined : `${JSON.stringify(shownPolicy(policy))}: ${details.join(', ')}`;
}

interface Run {
  readonly spec: Fields;
  readonly annotations: Fields;
}

/** What would run: the Pod itself, or the template's. */
function runOf(object: Fields, isPod: boolean): Run {
  const { spec, metadata } = isPod ? object : fieldsOf(fieldsOf(object['spec'])['template']);
  return { spec: fieldsOf(spec), annotations: fieldsOf(fieldsOf(metadata)['annotations']) };
}
