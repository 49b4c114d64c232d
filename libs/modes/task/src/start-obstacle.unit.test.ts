import { describe, expect, it } from 'vitest';
import { jobObject, neverStarted, podObject, viewOf, waiting } from './cluster-objects.test.js';
import { observeTask } from './observe.js';

const RETRY = { spec: { retry: { limit: 1 } } };
const pod = (status: ReturnType<typeof waiting>) => podObject({ status });

describe('what keeps an agent from starting', () => {
  const seen = (status: ReturnType<typeof waiting>, said = {}) =>
    observeTask(viewOf(jobObject({ active: 1 }), [pod(status)], { status: said }));

  it.each([
    ['ErrImagePull', 'pull access denied', 'ImagePullFailed'],
    ['ImagePullBackOff', 'Back-off pulling image "x": ErrImagePull: pull access denied', 'ImagePullFailed'],
    ['InvalidImageName', 'invalid reference format', 'ImagePullFailed'],
    ['ErrImageNeverPull', 'image "x" is not present with pull policy of Never', 'ImagePullFailed'],
    ['CreateContainerConfigError', 'secret "openai" not found', 'ContainerConfigError'],
    ['CreateContainerConfigError', "couldn't find key api-key in Secret default/openai", 'ContainerConfigError'],
    ['CreateContainerError', 'no command specified', 'ContainerStartFailed'],
    ['RunContainerError', 'exec: "agent": not found', 'ContainerStartFailed'],
  ])('%s: %s', (reason, message, expected) => {
    const observation = seen(waiting(reason, message));
    expect(observation).toMatchObject({ state: 'pending', reason: expected });
    expect('message' in observation && observation.message).toContain(message.split('ErrImagePull: ').at(-1));
  });

  it('names a Pod that no node takes, with the scheduler’s words', () => {
    const message = '0/1 nodes are available: 1 Insufficient cpu.';
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    expect(seen({ phase: 'Pending', conditions })).toMatchObject({
      state: 'pending',
      reason: 'Unschedulable',
      message: expect.stringContaining('1 Insufficient cpu'),
    });
  });

  it('names a command that does not exist while another attempt may come', () => {
    const failed = pod(neverStarted('StartError', 'exec: "agent": executable file not found in $PATH'));
    expect(observeTask(viewOf(jobObject({ failed: 1 }), [failed], RETRY))).toMatchObject({
      state: 'pending',
      reason: 'ContainerStartFailed',
      message: expect.stringContaining('executable file not found'),
    });
  });

  it.each([
    ['the back-off', waiting('ImagePullBackOff', 'Back-off pulling image "x"')],
    ['another address in the error', waiting('ErrImagePull', 'dial tcp 10.0.0.7:443: i/o timeout')],
  ])('says the same sentence as before on %s, so that waiting costs one write', (_case, next) => {
    const first = seen(waiting('ErrImagePull', 'dial tcp 10.0.0.6:443: i/o timeout'));
    const { reason, message } = first as { reason: string; message: string };
    expect(seen(next, { reason, message })).toEqual(first);
  });

  it('says another sentence when another Secret is missing', () => {
    const { reason, message } = seen(waiting('CreateContainerConfigError', 'secret "a" not found')) as {
      reason: string;
      message: string;
    };
    expect(seen(waiting('CreateContainerConfigError', 'secret "b" not found'), { reason, message })).toMatchObject({
      message: expect.stringContaining('secret "b" not found'),
    });
  });
});
