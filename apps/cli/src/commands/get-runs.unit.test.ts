import type { AgentRun } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { renderRuns } from './get-runs.js';

const NOW = Date.parse('2026-01-01T00:10:00Z');

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
