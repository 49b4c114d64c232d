import type { Resource, ResourceRegistry } from './resource.js';

/** The kinds that are served, in the order in which they were added; looked up by plural or by Kind. */
class IndexedRegistry implements ResourceRegistry {
  readonly #byPlural = new Map<string, Resource>();
  readonly #byKind = new Map<string, Resource>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Resource[] | undefined;

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#byPlural.get(keyOf(group, version, plural));
  }

  findKind(group: string, version: string, kind: string): Resource | undefined {
    return this.#byKind.get(keyOf(group, version, kind));
  }

  all(): readonly Resource[] {
    return (this.#all ??= [...this.#byPlural.values()]);
  }

  /** Takes the place of what had this plural before. */
  add(resource: Resource): void {
    const { group, version, plural, kind } = resource;
    const former = this.find(group, version, plural);
    if (former) this.#forgetKind(former);
    this.#byPlural.set(keyOf(group, version, plural), resource);
    this.#byKind.set(keyOf(group, version, kind), resource);
    this.#changed();
  }

  /** Whatever stands at this plural now; nothing happens if that is nothing. */
  remove({ group, version, plural }: Resource): void {
    const former = this.find(group, version, plural);
    if (!former) return;
    this.#byPlural.delete(keyOf(group, version, plural));
    this.#forgetKind(former);
    this.#changed();
  }

  onChange(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  #forgetKind(resource: Resource): void {
    const key = keyOf(resource.group, resource.version, resource.kind);
    if (this.#byKind.get(key) === resource) this.#byKind.delete(key);
  }

  #changed(): void {
    this.#all = undefined;
    for (const listener of [...this.#listeners]) listener();
  }
}

const keyOf = (group: string, version: string, name: string): string => `${group}/${version}/${name}`;

/** An empty registry; kinds can be added and removed at any time. */
export const createResourceRegistry = (): ResourceRegistry => new IndexedRegistry();
