import { groupOf, type Kind, type KubeObject } from '@sympozium/api';
import { isDeepStrictEqual } from 'node:util';
import { KubeError } from '../error.js';

type Stored = KubeObject & Record<string, unknown>;

/** `jobs.batch "name"`, as the API server's messages name an object. */
export function describe(kind: Kind, name: string): string {
  const group = groupOf(kind);
  return `${kind.plural}${group ? `.${group}` : ''} "${name}"`;
}

export const notFound = (kind: Kind, name: string): KubeError =>
  new KubeError(404, 'NotFound', `${describe(kind, name)} not found`);

export const invalid = (kind: Kind, name: string, message: string): KubeError =>
  new KubeError(422, 'Invalid', `${describe(kind, name)} is invalid: ${message}`);

const modified = (kind: Kind, name: string): KubeError =>
  new KubeError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${describe(kind, name)}: the object has been modified; please apply your changes to the latest version and try again`,
  );

/** Refuses a write whose uid or resourceVersion is not the object's. */
export function checkPreconditions(
  kind: Kind,
  current: KubeObject,
  given: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined },
): void {
  const { name, uid, resourceVersion } = current.metadata;
  if (given.uid && given.uid !== uid)
    throw new KubeError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${describe(kind, name)}: Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${uid ?? ''}`,
    );
  if (given.resourceVersion && given.resourceVersion !== resourceVersion) throw modified(kind, name);
}

/** Custom resources refuse a replace without a resourceVersion, most built-in kinds take it as unconditional. */
export const isCustom = (kind: Kind): boolean => {
  const group = groupOf(kind);
  return group.includes('.') && !group.endsWith('.k8s.io');
};

/** What a main-resource write leaves as it is, and what a status write takes: metadata and spec stay apart from status. */
export function written(current: KubeObject, proposed: KubeObject, subresource: string | undefined): KubeObject {
  const before: Stored = { ...current };
  const after: Stored = { ...proposed };
  if (subresource === 'status') {
    const { managedFields } = proposed.metadata;
    const metadata = { ...current.metadata, ...(managedFields ? { managedFields } : {}) };
    return withField({ ...before, metadata }, 'status', after['status']);
  }
  const { uid, creationTimestamp, resourceVersion, name, namespace, generation } = current.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds } = current.metadata;
  const system = { name, namespace, uid, creationTimestamp, resourceVersion, generation };
  const metadata = defined({
    ...proposed.metadata,
    ...system,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  }) as unknown as KubeObject['metadata'];
  return withField({ ...after, metadata }, 'status', before['status']);
}

/** The generation counts the changes of everything but metadata and status; kinds without a spec have none. */
export function nextGeneration(current: KubeObject, next: KubeObject): { generation?: number } {
  const { generation } = current.metadata;
  if (generation === undefined) return {};
  return { generation: isDeepStrictEqual(wish(current), wish(next)) ? generation : generation + 1 };
}

export const newFinalizers = (current: KubeObject, next: KubeObject): string[] =>
  (next.metadata.finalizers ?? []).filter((finalizer) => !current.metadata.finalizers?.includes(finalizer));

const wish = (object: KubeObject): object => without({ ...object }, 'metadata', 'status');

function withField(object: Stored, name: string, value: unknown): KubeObject {
  if (value === undefined) delete object[name];
  else object[name] = value;
  return object;
}

/** A copy that lacks some fields. */
export const without = <T extends object>(fields: T, ...names: string[]): T =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name))) as T;

const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A Pod on a node is deleted by its kubelet; every other object goes at once. */
export function gracePeriod(object: KubeObject, asked: number | undefined): number {
  const { kind, spec, status } = object as Stored & {
    spec?: { nodeName?: string; terminationGracePeriodSeconds?: number };
    status?: { phase?: string };
  };
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (kind !== 'Pod' || !spec?.nodeName || ended) return 0;
  return asked ?? spec.terminationGracePeriodSeconds ?? 30;
}
