import { expect, it } from 'vitest';
import { ownerReference } from './ownership.js';

const run = { apiVersion: 'sympozium.ai/v1alpha1', kind: 'AgentRun', metadata: { name: 'r', uid: 'u-1' } };

it('names the owner as controller', () => {
  const { apiVersion, kind } = run;
  expect(ownerReference(run)).toEqual({
    apiVersion,
    kind,
    name: 'r',
    uid: 'u-1',
    controller: true,
    blockOwnerDeletion: true,
  });
  expect(ownerReference(run, false).blockOwnerDeletion).toBe(false);
});

it('refuses an owner that is not stored', () => {
  expect(() => ownerReference({ ...run, metadata: { name: 'r' } })).toThrow('AgentRun r has no uid yet');
});
