import type { CelInput, CelValue } from '@bufbuild/cel';
import { isCelMap } from '@bufbuild/cel';

/** Marks a map as a value of a type that CEL itself does not have; no JSON key begins with it by chance. */
const MARK = '\u0000';

/** A value of one of Kubernetes' own types (quantity, url, ip …): equal where kind and content are. */
export const opaque = (kind: string, content: CelInput): ReadonlyMap<string, CelInput> =>
  new Map([[`${MARK}${kind}`, content]]);

/** What a value of our own types holds; undefined: it is of another type. */
export const contentOf = (kind: string, value: CelValue): CelValue | undefined =>
  isCelMap(value) ? value.get(`${MARK}${kind}`) : undefined;

/** The same for texts and integers; throws as CEL does for what no function takes. */
export function expect<T extends CelValue>(kind: string, value: CelValue, is: (content: CelValue) => content is T): T {
  const content = contentOf(kind, value);
  if (content === undefined || !is(content)) throw new Error('no such overload');
  return content;
}

export const isText = (value: CelValue): value is string => typeof value === 'string';
export const isInteger = (value: CelValue): value is bigint => typeof value === 'bigint';
