import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LABEL, labelValue, runLabels } from './labels.js';

const VALID = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$|^$/;

it('labels a run by all that selects it', () => {
  expect(runLabels({ run: 'r', uid: 'u', instance: 'demo', mode: 'task', keyId: 'api-key' })).toEqual({
    'app.kubernetes.io/name': 'sympozium',
    'app.kubernetes.io/managed-by': 'sympozium',
    'sympozium.ai/run': 'r',
    'sympozium.ai/run-uid': 'u',
    'sympozium.ai/instance': 'demo',
    'sympozium.ai/mode': 'task',
    'sympozium.ai/key': 'api-key',
  });
});

it('leaves out what is unknown', () => {
  const labels = runLabels({ run: 'r', instance: 'demo', mode: 'task' });
  expect(labels).not.toHaveProperty([LABEL.runUid]);
  expect(labels).not.toHaveProperty([LABEL.key]);
});

it('makes any text a valid value, keeps valid ones, and tells texts apart', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (a, b) => {
      expect(labelValue(a)).toMatch(VALID);
      expect(labelValue(a).length).toBeLessThanOrEqual(63);
      if (VALID.test(a) && a.length <= 63) expect(labelValue(a)).toBe(a);
      if (a !== b) expect(labelValue(a)).not.toBe(labelValue(b));
    }),
  );
});
