import type { Schema } from '../schema/schema.js';

/** The schema that a path like `.spec.foo['a.b']` leads to, or why it leads nowhere. */
export function fieldAt(schema: Schema, path: string): Schema | string {
  let at: Schema = schema;
  for (let rest = path; rest !== '';) {
    const [length, name] = nextName(rest);
    if (length === 0) return name;
    const of = fieldOf(at, name);
    if (!of) return 'does not refer to a valid field';
    at = of;
    rest = rest.slice(length);
  }
  return at;
}

/** A struct has only its own fields. */
function fieldOf({ properties, additionalProperties }: Schema, name: string): Schema | undefined {
  if (properties) return Object.hasOwn(properties, name) ? properties[name] : undefined;
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** Length and name of a path's first step; 0 and the reason where it is none. */
function nextName(text: string): readonly [length: number, name: string] {
  const [found, plain, quoted = ''] = /^\.([^.[\]]+)|^\['((?:\\.|[^'\\])*)'\]/.exec(text) ?? [];
  return found === undefined ? [0, oddStep(text)] : [found.length, plain ?? quoted.replaceAll(/\\(.)/g, '$1')];
}

function oddStep(text: string): string {
  if (text === '.' || text === '[') return 'unexpected end of JSON path';
  const [, inBrackets] = /^\[([^\]]*)/.exec(text) ?? [];
  if (inBrackets !== undefined) return `expected single quoted string but got ${inBrackets}`;
  return `expected [ or . but got: ${/^[^.[\]]*/.exec(text)?.[0] ?? ''}`;
}
