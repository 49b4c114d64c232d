import { forbidden } from '../api-error.js';
import { fieldsOf, listOf, type Fields } from '../builtin/strategies/access.js';
import { keyOf } from '../rest/store-key.js';
import type { RevisionStore } from '../storage/revision-store.js';
import type { AdmissionRequest } from '../rest/object-api.js';
import { NAMESPACES } from './namespace-lifecycle.js';
import { violationsOf } from './pod-security-levels.js';
import { policyOf, shownPolicy, type PodSecurityMode } from './pod-security-policy.js';

const TEMPLATED = ['apps/Deployment', 'apps/ReplicaSet', 'batch/Job'];

/** A namespace's Pod Security labels: `enforce` refuses Pods, `warn` warns of Pods and of templates. */
export function judgePodSecurity(store: RevisionStore, request: AdmissionRequest): void {
  const { object, old, resource, name, warn } = request;
  const isPod = resource.group === '' && resource.kind === 'Pod';
  if (!object || !(isPod || TEMPLATED.includes(`${resource.group}/${resource.kind}`))) return;
  if (isPod && old && runsTheSame(object, old)) return;
  const run = runOf(object, isPod);
  const labels = labelsOf(store, name.namespace);
  if (isPod) requireAllowed(request, violation(labels, 'enforce', run));
  const warned = violation(labels, 'warn', run);
  if (warned !== undefined) warn(`would violate PodSecurity ${warned}`);
}

function requireAllowed({ resource, name }: AdmissionRequest, violated: string | undefined): void {
  if (violated !== undefined) throw forbidden(resource, name.name, `violates PodSecurity ${violated}`);
}

const labelsOf = (store: RevisionStore, namespace = ''): Readonly<Record<string, string>> =>
  store.get(keyOf(NAMESPACES, { name: namespace }))?.metadata.labels ?? {};

/** A Pod that is there is asked again only when other images are to run in it. */
const runsTheSame = (pod: Fields, old: Fields): boolean =>
  ['containers', 'initContainers'].every((list) => {
    const [images, before] = [pod, old].map(({ spec }) => listOf(fieldsOf(spec)[list]).map(({ image }) => image));
    return JSON.stringify(images) === JSON.stringify(before);
  });

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
