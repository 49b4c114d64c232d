import { expect, it } from 'vitest';
import { humanDuration } from './human-duration.js';

it.each([
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [192_000, '3m12s'],
  [600_000, '10m'],
  [3 * 3_600_000, '3h'],
  [3 * 3_600_000 + 60_000, '3h1m'],
  [47 * 3_600_000, '47h'],
  [50 * 3_600_000, '2d2h'],
  [400 * 86_400_000, '400d'],
  [800 * 86_400_000, '2y70d'],
  [-5_000, '<invalid>'],
])('%d ms are %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});
