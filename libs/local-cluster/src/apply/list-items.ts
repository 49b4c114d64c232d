import { isObject } from '../clone.js';
import { keyElement, valueElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import type { ListShape } from './shape.js';

/** By what an item of a set or of a keyed list is known. Throws, in the real words, for one that has nothing. */
export function itemElement(list: ListShape, item: unknown): PathElement {
  return list.keys.length > 0 ? keyedElement(list, item) : setElement(item);
}

function keyedElement({ keys, item: shape }: ListShape, item: unknown): PathElement {
  if (item === null) throw new TypeError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new TypeError('associative list with keys may not have non-map elements');
  const found: Record<string, unknown> = {};
  for (const key of keys) {
    const value = Object.hasOwn(item, key) ? item[key] : shape.map?.defaultOf(key);
    if (value !== undefined) found[key] = value;
  }
  if (Object.keys(found).length > 0) return keyElement(found);
  const names = keys.map((key) => JSON.stringify(key)).join(' ');
  throw new TypeError(
    `associative list with keys has an element that omits all key fields [${names}] ` +
      "(and doesn't have default values for any key fields)",
  );
}

function setElement(item: unknown): PathElement {
  if (item === null) throw new TypeError("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) throw new TypeError('not supported: associative list with lists as elements');
  if (isObject(item)) throw new TypeError("associative list without keys has an element that's a map type");
  return valueElement(item);
}

/** All items by their element, in the list's order; items that have none are left out, as nobody can own them. */
export function itemsByElement(list: ListShape, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = elementOrNone(list, item);
    if (element === undefined) continue;
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
}

export function elementOrNone(list: ListShape, item: unknown): PathElement | undefined {
  try {
    return itemElement(list, item);
  } catch {
    return undefined;
  }
}
