import { ANNOTATION, kindKey, type Kind, type KubeObject } from '@sympozium/api';
import type { Stage } from '@sympozium/plugin-sdk';
import { trimChild } from '../cluster/trim.js';
import { contains } from './contains.js';
import type { Wished } from './dress.js';

/** One call that brings the cluster nearer to what is wished. */
export type Change =
  | { readonly act: 'create'; readonly kind: Kind; readonly object: KubeObject; readonly plugin: string }
  | {
      readonly act: 'apply';
      readonly kind: Kind;
      readonly object: KubeObject;
      readonly plugin: string;
      readonly live?: KubeObject;
    }
  | {
      readonly act: 'patch';
      readonly kind: Kind;
      readonly live: KubeObject;
      readonly operations: readonly object[];
      readonly plugin: string;
    }
  | { readonly act: 'delete'; readonly kind: Kind; readonly live: KubeObject };

const STAGES: readonly Stage[] = ['credential', 'workload', 'service', 'route'];

/** What is to be done, in the order of the stages; what is not wished any more goes last. Nothing when all is well. */
export function diff(
  wished: readonly Wished[],
  live: readonly { readonly kind: Kind; readonly object: KubeObject }[],
): readonly Change[] {
  const ordered = [...wished].sort((a, b) => STAGES.indexOf(a.desired.stage) - STAGES.indexOf(b.desired.stage));
  const lives = new Map(live.map(({ object }) => [identity(object), object]));
  const kept = new Set(wished.map(({ desired }) => identity(desired.object)));
  const surplus = live.filter(({ object }) => !kept.has(identity(object)) && !isLeaving(object));
  return [
    ...ordered.flatMap((one) => change(one, lives.get(identity(one.desired.object)))),
    ...surplus.map(({ kind, object }): Change => ({ act: 'delete', kind, live: object })),
  ];
}

function change({ desired, kind, plugin }: Wished, live: KubeObject | undefined): readonly Change[] {
  const { object, onDrift } = desired;
  if (onDrift === 'apply') return live && isApplied(live, object) ? [] : [applied({ kind, object, plugin }, live)];
  if (!live) return [{ act: 'create', kind, object, plugin }];
  if (onDrift === 'create-once' || isLeaving(live)) return [];
  const operations = (desired.mutable ?? []).flatMap((pointer) => operation(pointer, live, object));
  return operations.length === 0 ? [] : [{ act: 'patch', kind, live, operations, plugin }];
}

const applied = (parts: { kind: Kind; object: KubeObject; plugin: string }, live: KubeObject | undefined): Change => ({
  act: 'apply',
  ...parts,
  ...(live && { live }),
});

/** A removed field shows in the hash alone, an edit by somebody else in the content alone. What leaves is waited for. */
const isApplied = (live: KubeObject, object: KubeObject): boolean =>
  isLeaving(live) ||
  (live.metadata.annotations?.[ANNOTATION.appliedHash] === object.metadata.annotations?.[ANNOTATION.appliedHash] &&
    contains(live, trimChild(object)));

function operation(pointer: string, live: KubeObject, object: KubeObject): readonly object[] {
  const [now, compared] = [at(pointer, live), at(pointer, trimChild(object))];
  if (contains(now, compared) && (now === undefined || contains(compared, now))) return [];
  const value = at(pointer, object);
  return [value === undefined ? { op: 'remove', path: pointer } : { op: 'add', path: pointer, value }];
}

/** The value that a JSON pointer (RFC 6901) finds. */
function at(pointer: string, object: unknown): unknown {
  const steps = pointer.split('/').slice(1);
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | null | undefined)?.[step], object);
}

const identity = (object: KubeObject): string => `${kindKey(object)} ${object.metadata.name}`;

const isLeaving = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
