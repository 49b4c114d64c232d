import {
  ANNOTATION,
  LABEL,
  ownerReference,
  runLabels,
  shortHash,
  type AgentRun,
  type Kind,
  type KubeObject,
} from '@sympozium/api';
import type { Desired } from '@sympozium/plugin-sdk';

/** An object as it shall be in the cluster, and who wishes it. */
export interface Wished {
  readonly desired: Desired;
  readonly kind: Kind;
  readonly plugin: string;
}

/** Adds what the host answers for: namespace, owner, labels, the stage, and the hash by which an apply is known. */
export function dress(wished: Wished, run: AgentRun, mode: string): Wished {
  const { desired } = wished;
  const object = dressObject(desired.object, run, mode);
  if (desired.onDrift === 'keep') return { ...wished, desired: { ...desired, object } };
  const staged = annotated(object, ANNOTATION.stage, desired.stage);
  return { ...wished, desired: { ...desired, object: desired.onDrift === 'apply' ? hashed(staged) : staged } };
}

/** An object as a child of the run: in its namespace, controlled by it, labelled like it. */
export function dressObject<T extends KubeObject>(object: T, run: AgentRun, mode: string): T {
  const { name, namespace, uid, labels = {} } = run.metadata;
  const own = runLabels({ run: name, uid, instance: run.spec.instanceRef.name, mode, keyId: labels[LABEL.key] });
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(namespace !== undefined && { namespace }),
      labels: { ...object.metadata.labels, ...own },
      ownerReferences: [ownerReference(run)],
    },
  };
}

/** The object with the hash of what it says, by which an apply of it is known. */
export const hashed = <T extends KubeObject>(object: T): T =>
  annotated(object, ANNOTATION.appliedHash, shortHash(canonical(object), 16));

const annotated = <T extends KubeObject>(object: T, name: string, value: string): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [name]: value } },
});

/** JSON with the members of every object in order, so that equal wishes have equal hashes. */
const canonical = (value: unknown): string => JSON.stringify(value, sorted);

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
