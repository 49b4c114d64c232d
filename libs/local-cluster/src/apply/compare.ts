import { isObject } from '../clone.js';
import { sameJson } from '../schema/json.js';
import { FieldSet } from './field-set.js';
import { itemsByElement } from './list-items.js';
import { fieldElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import { partsFor } from './shape.js';
import type { ListShape, MapShape, Part, Shape } from './shape.js';

/** What became of the fields of an object; no path is in more than one set. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compare(shape: Shape, before: unknown, after: unknown): Comparison {
  const walk = new Walk();
  walk.compare(shape, before, after);
  return walk;
}

export const isUnchanged = ({ added, modified, removed }: Comparison): boolean =>
  added.empty && modified.empty && removed.empty;

/** `undefined` is absent, `null` is a value. */
class Walk implements Comparison {
  readonly added = new FieldSet();
  readonly modified = new FieldSet();
  readonly removed = new FieldSet();
  readonly #path: PathElement[] = [];

  compare(shape: Shape, before: unknown, after: unknown): void {
    if (before === after) return;
    const was = partsFor(shape, before);
    const is = partsFor(shape, after);
    const differs = before !== undefined && after !== undefined && was.join() !== is.join();
    if (differs) this.#part(shape, was[0], before, after);
    const leaf = this.#part(shape, after === undefined ? was[0] : is[0], before, after);
    if (leaf) return;
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
  }

  /** Whether it was taken as one. */
  #part(shape: Shape, part: Part | undefined, before: unknown, after: unknown): boolean {
    if (part === 'map' && shape.map) return this.#maps(shape.map, before, after);
    if (part === 'list' && shape.list) return this.#lists(shape.list, before, after);
    return this.#leaf(before, after);
  }

  #leaf(before: unknown, after: unknown): true {
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
    else if (!sameJson(before, after)) this.modified.insert(this.#path);
    return true;
  }

  #maps(map: MapShape, before: unknown, after: unknown): boolean {
    const was = isObject(before) ? before : NOTHING;
    const is = isObject(after) ? after : NOTHING;
    if (map.atomic || (isEmpty(was) && isEmpty(is))) return this.#leaf(before, after);
    for (const key in was) this.#field(map, key, was[key], is[key]);
    for (const key in is) if (!(key in was)) this.#field(map, key, undefined, is[key]);
    return false;
  }

  #field(map: MapShape, name: string, before: unknown, after: unknown): void {
    if (before === after) return;
    this.#inside(fieldElement(name), map.field(name) ?? map.others, before, after);
  }

  #inside(element: PathElement, shape: Shape | undefined, before: unknown, after: unknown): void {
    if (!shape) return;
    this.#path.push(element);
    this.compare(shape, before, after);
    this.#path.pop();
  }

  #lists(list: ListShape, before: unknown, after: unknown): boolean {
    const was = itemsOf(before);
    const is = itemsOf(after);
    if (list.atomic || (was.length === 0 && is.length === 0)) return this.#leaf(before, after);
    if (sameJson(before, after)) return false;
    const older = itemsByElement(list, was);
    const newer = itemsByElement(list, is);
    for (const [element, items] of older) this.#items(list, element, items, itemsOf(newer.get(element)));
    for (const [element, items] of newer) if (!older.has(element)) this.#items(list, element, NO_ITEMS, items);
    return false;
  }

  /** Items that are there more than once are owned as one. */
  #items(list: ListShape, element: PathElement, was: readonly unknown[], is: readonly unknown[]): void {
    if (was.length <= 1 && is.length <= 1) return this.#inside(element, list.item, was[0], is[0]);
    const path = [...this.#path, element];
    if (was.length > 1 && is.length > 1) {
      if (!sameJson(was, is)) this.modified.insert(path);
    } else if (was.length > 1) {
      if (is.length > 0) this.#inside(element, list.item, undefined, is[0]);
      this.removed.insert(path);
    } else {
      if (was.length > 0) this.#inside(element, list.item, was[0], undefined);
      this.added.insert(path);
    }
  }
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);
const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NO_ITEMS);

function isEmpty(object: Readonly<Record<string, unknown>>): boolean {
  for (const _key in object) return false;
  return true;
}
