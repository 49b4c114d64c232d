import { describe, expect, it } from 'vitest';
import { SIDECAR, skill } from './cluster-objects.test.js';
import { chooseSidecar } from './sidecar.js';

const image = (name: string) => ({ image: name });

describe('the server among the skills', () => {
  it.each([
    ['the only one', [skill('texts'), skill('bridge', {}), skill('tool', { requiresServer: false })], SIDECAR.image],
    ['the run’s own before its instance’s', [skill('theirs', {}), skill('mine', image('mine:1'), 'run')], 'mine:1'],
    ['the instance’s where the run’s own are none', [skill('mine', undefined, 'run'), skill('b', image('b:1'))], 'b:1'],
  ])('is %s', (_who, skills, expected) => {
    expect(chooseSidecar(skills)).toMatchObject({ image: expected });
  });

  it.each([
    ['nothing', []],
    ['texts', [skill('texts')]],
    ['a tool beside the agent', [skill('tool', { requiresServer: false })]],
  ])('is missing among %s', (_what, skills) => {
    expect(chooseSidecar(skills)).toMatchObject({ reason: 'NoServerSidecar' });
  });

  it('is not chosen between two of the same rank, which are named', () => {
    const two = [skill('one', {}, 'run'), skill('two', {}, 'run'), skill('three', {})];
    expect(chooseSidecar(two)).toMatchObject({
      reason: 'ServerSidecarAmbiguous',
      message: expect.stringContaining('one, two.'),
    });
  });
});
