import { isObject } from '../clone.js';
import { elementOrNone } from './list-items.js';
import type { PathElement } from './path-element.js';
import { partsFor } from './shape.js';
import type { ListShape, MapShape, Part, Shape } from './shape.js';

/** `over` laid over `base`: nothing is removed; leaves, atomic lists and atomic maps are `over`'s. */
export function merge(shape: Shape, base: unknown, over: unknown): unknown {
  return mergePart(shape, partsFor(shape, over === undefined ? base : over)[0], base, over);
}

function mergePart(shape: Shape, part: Part | undefined, base: unknown, over: unknown): unknown {
  if (part === 'map' && shape.map) return mergeMaps(shape.map, base, over);
  if (part === 'list' && shape.list) return mergeLists(shape.list, base, over);
  return leaf(base, over);
}

const leaf = (base: unknown, over: unknown): unknown => (over === undefined ? base : over);

function mergeMaps(map: MapShape, base: unknown, over: unknown): unknown {
  const below = isObject(base) ? base : {};
  const above = isObject(over) ? over : {};
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  if (map.atomic || keys.size === 0) return leaf(base, over);
  const merged: Record<string, unknown> = {};
  for (const key of keys) {
    const shape = map.field(key) ?? map.others;
    const value = shape ? merge(shape, below[key], above[key]) : leaf(below[key], above[key]);
    if (value !== undefined) merged[key] = value;
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function mergeLists(list: ListShape, base: unknown, over: unknown): unknown {
  const below: readonly unknown[] = Array.isArray(base) ? base : [];
  const above: readonly unknown[] = Array.isArray(over) ? over : [];
  if (list.atomic || (below.length === 0 && above.length === 0)) return leaf(base, over);
  const merged = new ListMerge(list, below, above).run().filter((item) => item !== undefined);
  return merged.length > 0 ? merged : undefined;
}

/** Keeps the order of `over`, and of `base` around it. Items that `base` has twice are not merged into. */
class ListMerge {
  readonly #item: Shape;
  readonly #base: readonly unknown[];
  readonly #baseElements: readonly (PathElement | undefined)[];
  readonly #overElements: readonly (PathElement | undefined)[];
  readonly #baseItems = new Map<PathElement | undefined, unknown>();
  readonly #overItems = new Map<PathElement | undefined, unknown>();
  readonly #done = new Set<PathElement | undefined>();
  /** What both have, in the order of `over`: the first is the next to come. */
  readonly #shared: (PathElement | undefined)[];
  readonly #merged: unknown[] = [];
  #atBase = 0;
  #atOver = 0;

  constructor(list: ListShape, base: readonly unknown[], over: readonly unknown[]) {
    this.#item = list.item;
    this.#base = base;
    this.#baseElements = base.map((item) => elementOrNone(list, item));
    this.#overElements = over.map((item) => elementOrNone(list, item));
    for (const [index, element] of this.#baseElements.entries())
      this.#baseItems.set(element, this.#baseItems.has(element) ? null : base[index]);
    for (const [index, element] of this.#overElements.entries()) this.#overItems.set(element, over[index]);
    this.#shared = this.#overElements.filter((element) => this.#baseItems.has(element));
  }

  run(): unknown[] {
    while (this.#atBase < this.#base.length || this.#atOver < this.#overElements.length) this.#step();
    return this.#merged;
  }

  #step(): void {
    const base = this.#baseElements[this.#atBase];
    const hasBase = this.#atBase < this.#base.length;
    const hasOver = this.#atOver < this.#overElements.length;
    if (hasBase && hasOver && base === this.#overElements[this.#atOver]) {
      this.#atBase++;
      this.#takeOver();
    } else if (hasBase && !this.#overItems.has(base)) {
      this.#merged.push(this.#base[this.#atBase++]);
    } else if (hasBase && (this.#done.has(base) || (hasOver && this.#isLater(base)))) {
      this.#atBase++;
    } else {
      this.#takeOver();
    }
  }

  #isLater(element: PathElement | undefined): boolean {
    return this.#shared.length > 0 && this.#shared[0] !== element;
  }

  #takeOver(): void {
    const element = this.#overElements[this.#atOver++];
    this.#done.add(element);
    if (this.#shared[0] === element) this.#shared.shift();
    this.#merged.push(merge(this.#item, this.#baseItems.get(element), this.#overItems.get(element)));
  }
}
