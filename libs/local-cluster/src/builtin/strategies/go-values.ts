import { fieldsOf, type Fields } from './access.js';

/** The fields of a struct of the real server, in its order; a list of a struct is `[Struct]`. */
export interface GoStruct {
  readonly [field: string]: null | 0 | '' | GoStruct | readonly [GoStruct];
}

/** A value as an error of the real server shows it: with Go's names, and fields that are not set as Go holds them. */
export function inGo(value: unknown, struct: GoStruct): Fields {
  const fields = fieldsOf(value);
  return Object.fromEntries(
    Object.entries(struct).map(([name, empty]) => [goName(name), goValue(fields[name], empty)]),
  );
}

function goValue(value: unknown, empty: GoStruct[string] | undefined): unknown {
  if (value == null) return typeof empty === 'object' ? null : empty;
  if (isListOf(empty)) return Array.isArray(value) ? value.map((item) => inGo(item, empty[0])) : value;
  return typeof empty === 'object' && empty !== null ? inGo(value, empty) : value;
}

const isListOf = (empty: GoStruct[string] | undefined): empty is readonly [GoStruct] => Array.isArray(empty);

const goName = (name: string): string =>
  name.startsWith('seLinux') ? name.replace('seLinux', 'SELinux') : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
