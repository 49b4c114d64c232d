import { sameJson } from '../schema/json.js';
import { compare } from './compare.js';
import type { Comparison } from './compare.js';
import { FieldSet } from './field-set.js';
import { fieldSetOf } from './field-set-of.js';
import { identityOf } from './managers.js';
import type { Manager, Managers } from './managers.js';
import { merge } from './merge.js';
import { remove } from './remove.js';
import type { Shape } from './shape.js';

/** What others own and an apply would change, by their identity. */
export class Conflicts extends Error {
  override readonly name = 'Conflicts';
  readonly sets: ReadonlyMap<string, FieldSet>;

  constructor(sets: ReadonlyMap<string, FieldSet>) {
    super('fields are owned by others');
    this.sets = sets;
  }
}

/** Of an object, as structured-merge-diff's Updater sees one. */
export interface Ownership {
  readonly shape: Shape;
  /** What this way of writing cannot change, so nobody gets to own it by it. */
  readonly resets: FieldSet;
}

/** What a change by other means than an apply changes, of what may be owned by it. */
export const ownedChanges = ({ shape, resets }: Ownership, before: unknown, after: unknown): Comparison =>
  withoutResets(compare(shape, before, after), resets);

/** The object that an apply makes, and who owns it then. Throws `Conflicts`. */
export function afterApply(
  ownership: Ownership,
  live: unknown,
  applied: unknown,
  { managers, manager, force }: { readonly managers: Managers; readonly manager: Manager; readonly force: boolean },
): { readonly object: unknown; readonly managers: Managers; readonly changed: boolean } {
  const { shape, resets } = ownership;
  const id = identityOf(manager);
  const last = managers.get(id);
  const owned = new Map(managers);
  owned.set(id, {
    ...manager,
    time: last?.time,
    fields: fieldSetOf(shape, applied).without(resets),
  });
  const object = prune(shape, merge(shape, live, applied), owned, last?.fields);
  const comparison = withoutResets(compare(shape, live, object), resets);
  if (!force) requireNoConflicts(owned, comparison, id);
  return { object, managers: released(owned, comparison, id), changed: !sameJson(live, object) };
}

const withoutResets = ({ added, modified, removed }: Comparison, resets: FieldSet): Comparison => ({
  added: added.without(resets),
  modified: modified.without(resets),
  removed: removed.without(resets),
});

function requireNoConflicts(managers: Managers, { modified, added }: Comparison, id: string): void {
  const changed = unionOf(modified, added);
  const sets = new Map<string, FieldSet>();
  for (const [other, { fields }] of managers) {
    const both = other === id ? FieldSet.EMPTY : fields.intersection(changed);
    if (!both.empty) sets.set(other, both);
  }
  if (sets.size > 0) throw new Conflicts(sets);
}

/** All but one lose what changed or went; who has nothing left goes. */
export function released(
  managers: Managers,
  { modified, added, removed }: Comparison,
  id: string | undefined,
): Managers {
  const lost = unionOf(modified, added, removed);
  const left: Managers = new Map();
  for (const [other, manager] of managers) {
    const fields = other === id ? manager.fields : manager.fields.difference(lost);
    if (!fields.empty) left.set(other, fields === manager.fields ? manager : { ...manager, fields });
  }
  return left;
}

/** Without what the manager applied the last time and now does not, unless somebody else owns it. */
function prune(shape: Shape, merged: unknown, managers: Managers, last: FieldSet | undefined): unknown {
  if (!last || last.empty) return merged;
  const before = last.withNamedFields(shape);
  const all = fieldSetOf(shape, merged).withNamedFields(shape);
  const owned = unionOf(...[...managers.values()].map(({ fields }) => fields));
  const kept = fieldSetOf(shape, remove(shape, merged, before)).withNamedFields(shape);
  const claimed = kept.union(owned.withNamedFields(shape));
  const withOwned = remove(shape, merged, all.difference(claimed));
  // What goes with its parent but was never applied by this manager, stays.
  const left = fieldSetOf(shape, withOwned).withNamedFields(shape);
  return remove(shape, merged, all.difference(left).intersection(before));
}

const unionOf = (...sets: readonly FieldSet[]): FieldSet =>
  sets.reduce((union, set) => union.union(set), FieldSet.EMPTY);
