import { SympoziumError } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, sentenceOf } from './failure.js';

describe('sentenceOf', () => {
  it('is our own sentence, or says who said it', () => {
    expect(sentenceOf(new SympoziumError('RUN_NOT_FOUND', 'there is no run x.'))).toBe('there is no run x.');
    expect(sentenceOf(new KubeError(403, 'Forbidden', 'no rights'))).toBe('the Kubernetes API server says: no rights');
    expect(sentenceOf(new Error('plain'))).toBe('plain');
    expect(sentenceOf('text')).toBe('text');
  });

  it('says what to check when no answer came', () => {
    const sentence = sentenceOf(new KubeError(0, 'Unreachable', 'connect ECONNREFUSED 127.0.0.1:1'));
    expect(sentence).toMatch(/cannot be reached \(connect ECONNREFUSED.*\)\. Check that it runs, and the kubeconfig\./);
  });
});

describe('exitCodeOf', () => {
  it.each([
    ['USAGE', 2],
    ['SETTING_INVALID', 2],
    ['PORT_IN_USE', 1],
    ['PROCESS_ENDED', 1],
  ] as const)('%s is %i', (code, exit) => expect(exitCodeOf(new SympoziumError(code, 'x'))).toBe(exit));

  it('is 1 for everything else that failed', () => expect(exitCodeOf(new KubeError(500, 'x', 'x'))).toBe(1));
});
