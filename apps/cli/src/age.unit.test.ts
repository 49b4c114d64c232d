import { describe, expect, it } from 'vitest';
import { age } from './age.js';

const NOW = Date.parse('2026-01-01T00:10:00Z');

describe('age', () => {
  it.each([
    ['2026-01-01T00:09:50Z', '10s'],
    ['2026-01-01T00:08:00Z', '2m'],
    ['2025-12-31T22:00:00Z', '2h'],
    ['2025-12-29T00:00:00Z', '3d'],
    ['2026-01-01T00:10:30Z', '0s'],
  ])('of %s is %s', (since, text) => expect(age(since, NOW)).toBe(text));
});
