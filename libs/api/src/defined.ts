type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** `T` whose fields that may be undefined are absent instead. */
export type Defined<T> = T extends unknown
  ? Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> }
  : never;

/** The same object without its undefined fields, which JSON does not have. */
export const defined = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
