import { fieldsOf, textOf, type Fields } from '../builtin/strategies/access.js';
import { containersOf } from '../builtin/strategies/pod-defaults.js';

/** Why a spec may not run, e.g. `privileged (container "c" must not set …)`; undefined: it may. */
export type Check = (spec: Fields, annotations?: Fields) => string | undefined;

export const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
export const sortedSet = (values: readonly string[]): string[] => [...new Set(values)].sort();
export const contextOf = (holder: Fields): Fields => fieldsOf(holder['securityContext']);
export const named = (containers: readonly Fields[]): string =>
  `${plural('container', containers)} ${quoted(containers.map(({ name }) => textOf(name)))}`;
export const plural = (word: string, of: readonly unknown[]): string => (of.length === 1 ? word : `${word}s`);

/** A refusal where containers do what they must not. */
export function refuse(
  spec: Fields,
  isBad: (container: Fields) => boolean,
  text: (bad: Fields[]) => string,
): string | undefined {
  const bad = containersOf(spec).filter(isBad);
  return bad.length === 0 ? undefined : text(bad);
}

/** Who says something on its own: `pod`, and its containers by name. */
export function settersOf(spec: Fields, isBad: (holder: Fields) => boolean): string[] {
  const bad = containersOf(spec).filter(isBad);
  return [...(isBad(spec) ? ['pod'] : []), ...(bad.length > 0 ? [named(bad)] : [])];
}
