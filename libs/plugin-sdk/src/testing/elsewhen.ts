/** A moment that no test runs in. */
const THEN = Date.UTC(2001, 1, 3, 4, 5, 6, 7);
const LUCK = 0.123_456_789;

/** Asks as if it were another time and another luck: an answer that depends on either is then another one. */
export function elsewhen<T>(ask: () => T): T {
  const { Date: realDate } = globalThis;
  const { random } = Math;
  globalThis.Date = new Proxy(realDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [THEN], newTarget) as Date,
    get: (target, key) => (key === 'now' ? () => THEN : (Reflect.get(target, key) as unknown)),
  });
  Math.random = () => LUCK;
  try {
    return ask();
  } finally {
    globalThis.Date = realDate;
    Math.random = random;
  }
}
