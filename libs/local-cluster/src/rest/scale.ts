import { badRequest } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { clone, isObject } from '../clone.js';
import type { ScalePaths } from '../resources/resource.js';

interface Scale {
  readonly spec?: { readonly replicas?: unknown };
}

/** An object's autoscaling/v1 Scale, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/scale-v1/. */
export function scaleOf(object: ApiObject, paths: ScalePaths): ApiObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.labelSelector === undefined ? undefined : selectorText(at(object, paths.labelSelector));
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as ApiObject['metadata'],
    spec: { replicas: Number(at(object, paths.spec) ?? 0) },
    status: { replicas: Number(at(object, paths.status) ?? 0), ...(selector && { selector }) },
  };
}

/** The object with the replicas that a Scale says. */
export function withScale(object: ApiObject, scale: unknown, paths: ScalePaths): ApiObject {
  const replicas = isObject(scale) ? (scale as Scale).spec?.replicas : undefined;
  if (replicas !== undefined && (typeof replicas !== 'number' || !Number.isInteger(replicas)))
    throw badRequest('Scale in version "v1" cannot be handled as a Scale: spec.replicas is no integer');
  const next = clone(object);
  const names = split(paths.spec);
  const last = names.pop() ?? '';
  let parent: Record<string, unknown> = next;
  for (const name of names) parent = (isObject(parent[name]) ? parent[name] : (parent[name] = {})) as typeof parent;
  parent[last] = replicas ?? 0;
  return next;
}

const split = (path: string): string[] => path.split('.').filter((name) => name !== '');

const at = (object: ApiObject, path: string): unknown =>
  split(path).reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), object);

/** A LabelSelector as text; a custom resource's status has text already. */
function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (!isObject(selector)) return '';
  const { matchLabels } = selector as { matchLabels?: Record<string, string> };
  return Object.entries(matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
