import { isObject } from '../clone.js';
import { compareElements, parseElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import type { Shape } from './shape.js';
import { innerShape } from './shape.js';

export type Path = readonly PathElement[];

interface Node {
  /** Whether the path that ends here is in the set. */
  readonly own: boolean;
  readonly below: FieldSet;
}

/** A set of field paths, as a tree. Only `insert` changes it; the other operations share what is equal. */
export class FieldSet {
  static readonly EMPTY: FieldSet = new FieldSet();
  readonly #nodes: Map<PathElement, Node>;

  constructor(nodes: Map<PathElement, Node> = new Map()) {
    this.#nodes = nodes;
  }

  static of(...paths: readonly Path[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** For sets that nobody else holds. The empty path is the whole object, which nobody owns. */
  insert(path: Path, from = 0): void {
    const element = path[from];
    if (element === undefined) return;
    const { own, below } = this.#nodes.get(element) ?? { own: false, below: new FieldSet() };
    const last = from === path.length - 1;
    if (!last) below.insert(path, from + 1);
    if (!this.#nodes.has(element) || (last && !own)) this.#nodes.set(element, { own: own || last, below });
  }

  /** Nodes without anything in them are never kept, but while a set is being made. */
  get empty(): boolean {
    for (const { own, below } of this.#nodes.values()) if (own || !below.empty) return false;
    return true;
  }

  has(path: Path): boolean {
    const [element, ...rest] = path;
    const node = element && this.#nodes.get(element);
    if (!node) return false;
    return rest.length === 0 ? node.own : node.below.has(rest);
  }

  owns(element: PathElement): boolean {
    return this.#nodes.get(element)?.own === true;
  }

  below(element: PathElement): FieldSet {
    return this.#nodes.get(element)?.below ?? FieldSet.EMPTY;
  }

  union(other: FieldSet): FieldSet {
    const nodes = new Map(this.#nodes);
    for (const [element, { own, below }] of other.#nodes) {
      const mine = nodes.get(element);
      nodes.set(element, mine ? { own: mine.own || own, below: mine.below.union(below) } : { own, below });
    }
    return new FieldSet(nodes);
  }

  intersection(other: FieldSet): FieldSet {
    return this.#changed((element, { own, below }) => {
      const theirs = other.#nodes.get(element);
      return theirs && { own: own && theirs.own, below: below.intersection(theirs.below) };
    });
  }

  /** Without the other's paths; what is below such a path stays. */
  difference(other: FieldSet): FieldSet {
    return this.#changed((element, node) => {
      const theirs = other.#nodes.get(element);
      return theirs ? { own: node.own && !theirs.own, below: node.below.difference(theirs.below) } : node;
    });
  }

  /** Without the other's paths and all that is below them. */
  without(other: FieldSet): FieldSet {
    return this.#changed((element, node) => {
      const theirs = other.#nodes.get(element);
      if (!theirs) return node;
      return theirs.own ? undefined : { own: node.own, below: node.below.without(theirs.below) };
    });
  }

  /** With the named fields above each path, which sets leave out as long as something below is there. */
  withNamedFields(shape: Shape | undefined): FieldSet {
    return this.#changed((element, { own, below }) => ({
      own: own || (!below.empty && element.startsWith('f:') && shape?.map?.field(element.slice(2)) !== undefined),
      below: below.withNamedFields(shape && innerShape(shape, element)),
    }));
  }

  #changed(change: (element: PathElement, node: Node) => Node | undefined): FieldSet {
    const nodes = new Map<PathElement, Node>();
    let same = true;
    for (const [element, node] of this.#nodes) {
      const next = change(element, node);
      same &&= next !== undefined && next.own === node.own && next.below === node.below;
      if (next && (next.own || next.below.#nodes.size > 0)) nodes.set(element, next);
    }
    return same ? this : new FieldSet(nodes);
  }

  /** All paths, what is here before what is deeper. */
  paths(): Path[] {
    const sorted = this.#sorted();
    return [
      ...sorted.filter(([, { own }]) => own).map(([element]) => [element]),
      ...sorted.flatMap(([element, { below }]) => below.paths().map((path) => [element, ...path])),
    ];
  }

  toFieldsV1(): Record<string, object> {
    const fields: Record<string, object> = {};
    for (const [element, { own, below }] of this.#sorted()) {
      const inner = below.toFieldsV1();
      if (!own || below.empty) fields[element] = inner;
      else fields[element] = { '.': {}, ...inner };
    }
    return fields;
  }

  /** Throws where a key is no path element. */
  static fromFieldsV1(fields: unknown): FieldSet {
    const nodes = new Map<PathElement, Node>();
    for (const [key, inner] of isObject(fields) ? Object.entries(fields) : []) {
      const element = key === '.' ? undefined : parseElement(key);
      if (element === undefined) continue;
      const below = FieldSet.fromFieldsV1(inner);
      nodes.set(element, { own: below.#nodes.size === 0 || (isObject(inner) && '.' in inner), below });
    }
    return new FieldSet(nodes);
  }

  #sorted(): [PathElement, Node][] {
    return [...this.#nodes].sort(([a], [b]) => compareElements(a, b));
  }
}
