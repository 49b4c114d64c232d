import type { AgentRun } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { age, renderRuns } from './get-runs.js';

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

describe('renderRuns', () => {
  it('lines the columns up under their heads', () => {
    const run = {
      metadata: { name: 'hello', creationTimestamp: '2026-01-01T00:09:50Z' },
      spec: { instanceRef: { name: 'demo' }, mode: 'task' },
      status: { phase: 'Succeeded', resultPreview: 'Hello there' },
    } as AgentRun;
    expect(renderRuns([run], NOW).split('\n')).toEqual([
      'NAME   PHASE      MODE  INSTANCE  REASON  AGE  RESULT',
      'hello  Succeeded  task  demo              10s  Hello there',
    ]);
  });
});
