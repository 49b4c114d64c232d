import { SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { condition, INSTANCE, ServedWorld } from '../testing/served-world.js';
import { findServing, whenServing, type WaitOptions } from './find-serving.js';

const KEY = { namespace: 'default', name: INSTANCE };

let world: ServedWorld;
let clock: FakeClock;

beforeEach(() => {
  world = new ServedWorld();
  clock = new FakeClock();
  onTestFinished(() => world.client.close());
});

const wait = (options?: WaitOptions) =>
  whenServing({ client: world.client, clock, random: seededRandom(1), log: silentLogger() }, KEY, options);

async function untilWatching(): Promise<void> {
  while (world.client.watches.count(SYMPOZIUM_INSTANCE) === 0) await settle();
  for (let turn = 0; turn < 20; turn += 1) await settle();
}

describe('findServing', () => {
  it('says in a sentence why an instance is not served', async () => {
    world.instance(
      {},
      { status: { conditions: [condition('Accepted', 'False', 'SkillPackNotFound', 'No such pack.')] } },
    );
    await expect(findServing(world.client, KEY)).rejects.toMatchObject({
      code: 'ENDPOINT_NOT_READY',
      message: 'instance writer is not served: No such pack (SkillPackNotFound).',
    });
  });

  it('says what to do where nobody has looked at it', async () => {
    world.instance();
    await expect(findServing(world.client, KEY)).rejects.toMatchObject({
      message:
        'instance writer is not served: the operator has not looked at it yet (Waiting). ' +
        'Check that it runs and watches the namespace.',
    });
  });

  it('names the instances there are', async () => {
    world.instance();
    await expect(findServing(world.client, { namespace: 'default', name: 'wirter' })).rejects.toMatchObject({
      code: 'InstanceNotFound',
      message: expect.stringContaining('(there: writer)'),
    });
  });
});

describe('whenServing', () => {
  it('resolves when the server answers, and tells each state on the way', async () => {
    world.instance();
    const reasons: string[] = [];
    const serving = wait({ onState: (state) => reasons.push(state.serving ? 'serving' : state.reason) });
    await untilWatching();
    world.run({ reason: 'ImagePullFailed', message: 'no such image' });
    await untilWatching();
    world.serving({ conditions: [condition('Ready', 'False', 'ServerUnavailable')] });
    await untilWatching();
    world.serving();
    expect((await serving).run.status.phase).toBe('Serving');
    expect([...new Set(reasons)]).toEqual(['Waiting', 'ImagePullFailed', 'serving']);
  });

  it('gives up at once where waiting is in vain', async () => {
    world.instance({ skills: [] });
    await expect(wait()).rejects.toMatchObject({ code: 'ENDPOINT_NOT_READY' });
  });

  it('gives up in time, with what was the case then', async () => {
    world.instance();
    world.run({ reason: 'ImagePullFailed', message: 'no such image' });
    const refused = expect(wait({ timeoutMs: 2_000 })).rejects.toMatchObject({
      message: 'instance writer is not served in time: no such image (ImagePullFailed).',
    });
    await untilWatching();
    await clock.advance(2_000);
    await refused;
  });

  it('gives up when the user does, and when the instance is deleted', async () => {
    world.instance();
    const ctrlC = new AbortController();
    const refused = expect(wait({ signal: ctrlC.signal })).rejects.toThrow('enough');
    await untilWatching();
    ctrlC.abort(new Error('enough'));
    await refused;

    const gone = expect(wait()).rejects.toMatchObject({ code: 'InstanceNotFound' });
    await untilWatching();
    await world.client.delete(SYMPOZIUM_INSTANCE, KEY);
    await gone;
  });
});
