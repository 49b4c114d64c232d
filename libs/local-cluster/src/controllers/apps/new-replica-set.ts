import type { KubeObject } from '@sympozium/api';
import { controllerReference } from '../shared/pod-from-template.js';
import { DEPLOYMENT, replicasOf, type Deployment, type ReplicaSet } from './replica-set.js';
import { bounds } from './rollout.js';
import { HASH_LABEL, templateHash } from './template-hash.js';

export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
/** A Deployment's own; they are not handed on. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
]);

export const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0);

/** The annotations of a ReplicaSet: the Deployment's, the revision, and what scaling wants to know. */
export function annotationsFor(
  deployment: Deployment,
  revision: number,
  known: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name));
  const replicas = replicasOf(deployment);
  return {
    ...known,
    ...Object.fromEntries(copied),
    [REVISION]: String(revision),
    [DESIRED]: String(replicas),
    [MAX]: String(replicas + bounds(deployment).surge),
  };
}

/** The ReplicaSet of a Deployment's template. */
export function newReplicaSet(deployment: Deployment, replicas: number, revision: number): ReplicaSet {
  const { metadata, spec, status } = deployment;
  const hash = templateHash(spec.template, status?.collisionCount ?? 0);
  const label = { [HASH_LABEL]: hash };
  const template = structuredClone(spec.template);
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...label } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace ?? '',
      labels: template.metadata.labels ?? {},
      annotations: annotationsFor(deployment, revision),
      ownerReferences: [controllerReference(DEPLOYMENT, deployment)],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, ...label } },
      template,
    },
  };
}
