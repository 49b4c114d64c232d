/** Where a path inside the container really is. */
export interface PathMapping {
  readonly from: string;
  readonly to: string;
}

/**
 * Replaces container paths by real ones, since nothing can be mounted without root. What counts as a path:
 * a whole value that is a mapped path or lies under one, the same after `=` of an option (`--file=/run/x`), and each
 * element of a list of absolute paths joined by `:`. The longest mapped path wins. Text that merely mentions a path
 * is left alone.
 */
export class PathRewriter {
  readonly #mappings: readonly PathMapping[];

  constructor(mappings: readonly PathMapping[]) {
    this.#mappings = mappings
      .map(({ from, to }) => ({ from: from === '/' ? '/' : from.replace(/\/+$/, ''), to }))
      .sort((a, b) => b.from.length - a.from.length);
  }

  /** The real path, or undefined when nothing is mapped there. */
  path(path: string): string | undefined {
    const mapping = this.#mappings.find(
      ({ from }) => path === from || path.startsWith(from === '/' ? '/' : `${from}/`),
    );
    if (!mapping) return undefined;
    return mapping.to + path.slice(mapping.from === '/' ? 0 : mapping.from.length);
  }

  value(value: string): string {
    if (!value.startsWith('/')) return value;
    const elements = value.split(':');
    if (!elements.every((element) => element.startsWith('/'))) return this.path(value) ?? value;
    return elements.map((element) => this.path(element) ?? element).join(':');
  }

  argument(argument: string): string {
    const option = /^(--?[A-Za-z0-9][\w.-]*=)([^]*)$/.exec(argument);
    return option ? `${option[1] ?? ''}${this.value(option[2] ?? '')}` : this.value(argument);
  }
}
