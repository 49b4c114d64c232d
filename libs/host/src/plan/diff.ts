import { ANNOTATION, kindKey, type Kind, type KubeObject } from '@sympozium/api';
import type { DesiredKept, DesiredOnce, GeneratedValue, Stage } from '@sympozium/plugin-sdk';
import { hasController } from '../cluster/run-of.js';
import { trimChild } from '../cluster/trim.js';
import { isClaimed } from './claim.js';
import { contains } from './contains.js';
import type { Wished } from './dress.js';
import { valueNeed } from './generated-value.js';

/** One call that brings the cluster nearer to what is wished. */
export type Change =
  | {
      readonly act: 'create';
      readonly kind: Kind;
      readonly object: KubeObject;
      readonly plugin: string;
      readonly generate?: GeneratedValue;
    }
  | {
      readonly act: 'claim';
      readonly kind: Kind;
      readonly live: KubeObject;
      readonly object: KubeObject;
      readonly plugin: string;
    }
  | {
      readonly act: 'generate';
      readonly need: 'rotate' | 'replace';
      readonly kind: Kind;
      readonly live: KubeObject;
      readonly generate: GeneratedValue;
      readonly plugin: string;
    }
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
  // What only bears our labels may be anybody's: it is not ours to delete.
  const surplus = live.filter(
    ({ object }) => hasController(object) && !kept.has(identity(object)) && !isLeaving(object),
  );
  return [
    ...ordered.flatMap((one) => change(one, lives.get(identity(one.desired.object)))),
    ...surplus.map(({ kind, object }): Change => ({ act: 'delete', kind, live: object })),
  ];
}

function change({ desired, kind, plugin }: Wished, live: KubeObject | undefined): readonly Change[] {
  const { object, onDrift } = desired;
  if (onDrift === 'apply') return live && isApplied(live, object) ? [] : [applied({ kind, object, plugin }, live)];
  if (!live) {
    const generate = onDrift === 'create-once' ? desired.generate : undefined;
    return [{ act: 'create', kind, object, plugin, ...(generate && { generate }) }];
  }
  if (isLeaving(live)) return [];
  const claim: Change = { act: 'claim', kind, live, object, plugin };
  return [...(isClaimed(live, object) ? [] : [claim]), ...mended(desired, live, { kind, plugin })];
}

/** What of an object that is made once is not as it must be. */
function mended(
  desired: DesiredKept | DesiredOnce,
  live: KubeObject,
  by: { readonly kind: Kind; readonly plugin: string },
): readonly Change[] {
  if (desired.onDrift === 'keep') {
    const operations = (desired.mutable ?? []).flatMap((pointer) => operation(pointer, live, desired.object));
    return operations.length === 0 ? [] : [{ act: 'patch', live, operations, ...by }];
  }
  const { generate } = desired;
  const need = generate ? valueNeed(live, generate) : 'none';
  return generate && need !== 'none' ? [{ act: 'generate', need, live, generate, ...by }] : [];
}

const applied = (parts: { kind: Kind; object: KubeObject; plugin: string }, live: KubeObject | undefined): Change => ({
  act: 'apply',
  ...parts,
  ...(live && { live }),
});

/** A removed field shows in the hash alone, an edit by somebody else in the content alone. What leaves is waited for. */
export const isApplied = (live: KubeObject, object: KubeObject): boolean =>
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
