import type { Pod } from '../shared/pod.js';
import { COMPLETION_INDEX } from './job.js';

/** The Pod's completion index below the number of completions. */
export function indexOf({ metadata }: Pod, completions: number): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX];
  const index = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  return index !== undefined && index < completions ? index : undefined;
}

/** The numbers of `1,3-5,7` below the number of completions. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of text ? text.split(',') : []) {
    const [first = NaN, last = first] = part.split('-').map(Number);
    for (let index = first; index <= Math.min(last, completions - 1); index += 1) indexes.add(index);
  }
  return indexes;
}

/** Indexes as a status tells them: `1,3-5,7`; two neighbours are a range, too. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const ranges: { first: number; last: number }[] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range && range.last === index - 1) range.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges
    .map(({ first, last }) => {
      if (first === last) return String(first);
      return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
    })
    .join(',');
}

/** Which rule of a success policy holds. */
export function matchedSuccessRule(
  rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[],
  succeeded: ReadonlySet<number>,
  completions: number,
): number | undefined {
  if (succeeded.size === 0) return undefined;
  const index = rules.findIndex(({ succeededIndexes, succeededCount = Infinity }) => {
    if (succeededIndexes === undefined) return succeeded.size >= succeededCount;
    const required = parseIndexes(succeededIndexes, completions);
    const met = [...required].filter((one) => succeeded.has(one)).length;
    return required.size > 0 && (met === required.size || met >= succeededCount);
  });
  return index === -1 ? undefined : index;
}
