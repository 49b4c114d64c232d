import { schemaOfField } from '../schema/defaults.js';
import type { Schema } from '../schema/schema.js';

/** The schema that a path like `.spec.foo['a.b']` leads to; undefined: it leads nowhere. */
export function fieldAt(schema: Schema, path: string): Schema | undefined {
  const names = namesIn(path);
  return names?.reduce<Schema | undefined>((at, name) => at && (schemaOfField(at, name) ?? undefined), schema);
}

/** The names in a path; undefined: it is none. */
export function namesIn(path: string): string[] | undefined {
  const names: string[] = [];
  let rest = path;
  while (rest !== '') {
    const [found, plain, quoted] = /^\.([A-Za-z_][\w-]*)|^\['((?:\\.|[^'\\])*)'\]/.exec(rest) ?? [];
    if (found === undefined) return undefined;
    names.push(plain ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'));
    rest = rest.slice(found.length);
  }
  return names.length === 0 ? undefined : names;
}
