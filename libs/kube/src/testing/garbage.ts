import type { Kind, KubeObject } from '@sympozium/api';
import type { ObjectTable, Row } from './object-table.js';

/** What the garbage collector asks of the API. */
export interface GarbageActions {
  remove(kind: Kind, object: KubeObject): void;
  change(kind: Kind, object: KubeObject, metadata: Partial<KubeObject['metadata']>): void;
}

const FOREGROUND = 'foregroundDeletion';

/** Deletes what has owners of which none is left, until nothing changes any more. Returns how many it deleted. */
export function collectGarbage(table: ObjectTable, actions: GarbageActions): number {
  let deleted = 0;
  for (let garbage = ownerless(table); garbage.length > 0; garbage = ownerless(table)) {
    for (const { kind, object } of garbage) actions.remove(kind, object);
    deleted += garbage.length;
    endForeground(table, actions);
  }
  endForeground(table, actions);
  return deleted;
}

/** Takes the owner out of its dependents' references, as a deletion with policy Orphan does. */
export function orphanDependents(table: ObjectTable, owner: KubeObject, actions: GarbageActions): void {
  for (const { kind, object } of dependents(table, owner)) {
    const left = object.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid) ?? [];
    actions.change(kind, object, { ownerReferences: left });
  }
}

export const foregroundFinalizers = (object: KubeObject): string[] => [
  ...new Set([...(object.metadata.finalizers ?? []), FOREGROUND]),
];

const dependents = (table: ObjectTable, owner: KubeObject): Row[] =>
  table.rows().filter(({ object }) => object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid));

/** Owners in foreground deletion count as gone: they wait for their dependents. */
function ownerless(table: ObjectTable): Row[] {
  const living = table.rows().filter(({ object }) => !object.metadata.finalizers?.includes(FOREGROUND));
  const uids = new Set(living.map(({ object }) => object.metadata.uid));
  return table.rows().filter(({ object: { metadata } }) => {
    const { ownerReferences = [], deletionTimestamp } = metadata;
    return (
      deletionTimestamp === undefined && ownerReferences.length > 0 && !ownerReferences.some((o) => uids.has(o.uid))
    );
  });
}

function endForeground(table: ObjectTable, actions: GarbageActions): void {
  for (const { kind, object } of table.rows()) {
    const { finalizers = [] } = object.metadata;
    if (!finalizers.includes(FOREGROUND) || dependents(table, object).length > 0) continue;
    actions.change(kind, object, { finalizers: finalizers.filter((finalizer) => finalizer !== FOREGROUND) });
  }
}
