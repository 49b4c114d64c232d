import { toValidJson } from './utf8.js';

/** What a text says if it is JSON, with all strings valid; else undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(toValidJson(text));
  } catch {
    return undefined;
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object, in which an absent field is absent. */
export const withoutUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
