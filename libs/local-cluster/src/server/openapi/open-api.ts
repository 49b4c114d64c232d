import { createHash } from 'node:crypto';
import type { ResourceRegistry } from '../../resources/resource.js';
import { groupsOf, type Version } from '../discovery.js';
import type { OpenApiSource, VersionInfo } from '../documents.js';
import { openApiDocument } from './document.js';

interface Served {
  readonly group: string;
  readonly version: Version;
  hash?: string;
  text?: string;
}

/** OpenAPI v3 documents, one for each group and version, made when they are first asked for. */
export class OpenApi implements OpenApiSource {
  readonly #registry: ResourceRegistry;
  readonly #version: VersionInfo;
  #served: ReadonlyMap<string, Served> | undefined;

  constructor(registry: ResourceRegistry, version: VersionInfo) {
    this.#registry = registry;
    this.#version = version;
    registry.onChange(() => (this.#served = undefined));
  }

  names(): readonly string[] {
    return [...this.#documents.keys()];
  }

  text(name: string): string | undefined {
    const served = this.#documents.get(name);
    return served && textOf(served, this.#version);
  }

  hash(name: string): string {
    const served = this.#documents.get(name);
    if (!served) return '';
    return (served.hash ??= sha512(isFixed(served) ? this.#fixedContent(served) : textOf(served, this.#version)));
  }

  /** Built-in kinds change with the server's version only, so their documents need not be made for the hash. */
  #fixedContent({ group, version }: Served): string {
    const kinds = version.resources.map(({ plural }) => plural);
    return [this.#version.gitVersion, group, version.version, ...kinds].join(' ');
  }

  get #documents(): ReadonlyMap<string, Served> {
    this.#served ??= new Map(
      groupsOf(this.#registry).flatMap(({ name: group, versions }) =>
        versions.map((version): [string, Served] => [pathOf(group, version.version), { group, version }]),
      ),
    );
    return this.#served;
  }
}

const isFixed = ({ version }: Served): boolean => version.resources.every(({ custom }) => !custom);

const textOf = (served: Served, info: VersionInfo): string =>
  (served.text ??= JSON.stringify(openApiDocument(served.group, served.version, info)));

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase();

const pathOf = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;
