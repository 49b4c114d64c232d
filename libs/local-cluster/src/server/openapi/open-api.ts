import { createHash } from 'node:crypto';
import type { ResourceRegistry } from '../../resources/resource.js';
import { groupsOf, type Version } from '../discovery.js';
import type { OpenApiSource, VersionInfo } from '../documents.js';
import { openApiDocument } from './document.js';

interface Kept {
  readonly text: string;
  readonly hash: string;
}

/** OpenAPI v3 documents, one for each group and version, made when they are first asked for. */
export class OpenApi implements OpenApiSource {
  readonly #registry: ResourceRegistry;
  readonly #version: VersionInfo;
  readonly #kept = new Map<string, Kept>();
  #served: ReadonlyMap<string, { group: string; version: Version }> | undefined;

  constructor(registry: ResourceRegistry, version: VersionInfo) {
    this.#registry = registry;
    this.#version = version;
    registry.onChange(() => {
      this.#served = undefined;
      this.#kept.clear();
    });
  }

  names(): readonly string[] {
    return [...this.#versions.keys()];
  }

  find(name: string): Kept | undefined {
    const known = this.#kept.get(name);
    const served = this.#versions.get(name);
    if (known || !served) return known;
    const text = JSON.stringify(openApiDocument(served.group, served.version, this.#version));
    const made = { text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() };
    this.#kept.set(name, made);
    return made;
  }

  get #versions(): ReadonlyMap<string, { group: string; version: Version }> {
    this.#served ??= new Map(
      groupsOf(this.#registry).flatMap(({ name: group, versions }) =>
        versions.map((version) => [pathOf(group, version.version), { group, version }] as const),
      ),
    );
    return this.#served;
  }
}

const pathOf = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;
