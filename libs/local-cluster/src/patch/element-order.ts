import { isObject } from '../clone.js';
import { goText, goType, unforeseen } from './refusals.js';

type List = readonly unknown[];

/**
 * Those of `merged` that `wanted` names, in its order, woven with the others, which stay where they were in `live` as
 * far as that can be.
 */
export function inElementOrder(merged: List, wanted: List, live: List, mergeKey: string): unknown[] {
  const keyOf = keyReader(mergeKey);
  const wantedKeys = wanted.map(keyOf);
  const named = merged.filter((item) => wantedKeys.includes(keyOf(item)));
  const others = merged.filter((item) => !wantedKeys.includes(keyOf(item)));
  const liveKeys = live.map(keyOf);
  return woven(sorted(others, liveKeys, keyOf), sorted(named, wantedKeys, keyOf), (item) =>
    liveKeys.indexOf(keyOf(item)),
  );
}

type KeyOf = (item: unknown) => unknown;

const keyReader =
  (mergeKey: string): KeyOf =>
  (item) =>
    mergeKey === '' ? item : mergeKeyOf(item, mergeKey);

/** The value by which items of a list are told apart. */
export function mergeKeyOf(item: unknown, mergeKey: string): unknown {
  if (!isObject(item)) throw unforeseen(`expected a map[string]interface {}, but received a ${goType(item)}`);
  if (!Object.hasOwn(item, mergeKey))
    throw unforeseen(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
  return item[mergeKey];
}

/** Stable; what the order does not know stays before what follows it. */
function sorted(items: List, order: List, keyOf: KeyOf): unknown[] {
  const known = items.filter((item) => order.includes(keyOf(item)));
  known.sort((a, b) => order.indexOf(keyOf(a)) - order.indexOf(keyOf(b)));
  return items.map((item) => (order.includes(keyOf(item)) ? known.shift() : item));
}

function woven(others: List, named: List, liveIndex: (item: unknown) => number): unknown[] {
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const at = liveIndex(item);
    for (; at >= 0 && next < others.length; next++) {
      const other = liveIndex(others[next]);
      if (other < 0 || other >= at) break;
      result.push(others[next]);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}
