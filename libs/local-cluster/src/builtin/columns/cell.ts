import type { ApiObject } from '../../api-object.js';
import { humanDuration } from '../../human-duration.js';
import type { Column } from '../../resources/resource.js';

/** What fills a kind's columns, by their names. */
export type Cells = Readonly<Record<string, Column['value']>>;

/** Cells of a kind whose objects are known to look like `T`: the API validated them. */
export const cellsFor = <T extends object>(
  cells: Readonly<Record<string, (object: T & ApiObject, now: number) => unknown>>,
): Cells => cells as Cells;

export const NONE = '<none>';

/** How long ago a time was, e.g. `3m12s`. */
export function ageOf(time: string | null | undefined, now: number): string {
  return time ? humanDuration(now - Date.parse(time)) : '<unknown>';
}

/** The columns that most kinds have. */
export const NAME_AND_AGE: Cells = {
  Name: ({ metadata }) => metadata.name,
  Age: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now),
};

/** For kinds without columns of their own. */
export const NAME_AND_CREATION: Cells = {
  Name: NAME_AND_AGE['Name'] ?? (() => ''),
  'Created At': ({ metadata }) => metadata.creationTimestamp,
};

/** The first few of a list, and how many there are more. */
export function firstFew(list: readonly string[], empty: string): string {
  const shown = list.slice(0, FEW).join(',');
  return list.length > FEW ? `${shown} + ${list.length - FEW} more...` : shown || empty;
}

const FEW = 3;

/** Whether a condition of this type is there and `True`. */
export const isTrue = (
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
  type: string,
): boolean => conditions?.find((condition) => condition.type === type)?.status === 'True';
