import fc from 'fast-check';
import { expect, it } from 'vitest';
import { duration, durationMs } from './schema.js';

const amount = fc.nat(2_000);

it('reads back what it is made of', () => {
  fc.assert(
    fc.property(amount, amount, amount, amount, (h, m, s, ms) => {
      const text = `${h}h${m}m${s}s${ms}ms`;
      expect(duration.safeParse(text).success).toBe(true);
      expect(durationMs(text)).toBe(h * 3_600_000 + m * 60_000 + s * 1_000 + ms);
    }),
  );
});

it('reads exactly what the schema accepts', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'019hms .-'), minLength: 2, maxLength: 32 }), (text) => {
      if (duration.safeParse(text).success) expect(durationMs(text)).toBeGreaterThanOrEqual(0);
      else expect(() => durationMs(text)).toThrow(RangeError);
    }),
  );
});

it.each(['10', '1d', '1.5h', '-1m', '10 m', 'm', '8760h1ms', '99999h', '99999999999999999999h'])(
  'refuses %j and says how to write it',
  (text) => {
    expect(() => durationMs(text)).toThrow('write a duration like 10m or 1h30m');
  },
);
