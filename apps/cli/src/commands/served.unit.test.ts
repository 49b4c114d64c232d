import { FakeClock } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import { servingState } from '../server/serving-state.js';
import { ServedWorld } from '../testing/served-world.js';
import { tellChanges } from './served.js';

it('tells each state that lasts, once', async () => {
  const world = new ServedWorld();
  const clock = new FakeClock();
  const said: string[] = [];
  const onState = tellChanges(clock, (text) => said.push(text));
  const pulling = servingState(world.instance(), world.run({ reason: 'ImagePullFailed', message: 'no such image.' }));
  onState(servingState(world.instance(), undefined)); // passes at once
  onState(pulling);
  await clock.advance(1_000);
  onState(pulling);
  await clock.advance(1_000);
  onState(servingState(world.instance(), world.run({})));
  onState(servingState(world.instance(), world.serving({ conditions: [] }))); // as a stopped operator left it
  onState(servingState(world.instance(), world.serving()));
  await clock.advance(1_000);
  expect(said).toEqual(['Pending: no such image (ImagePullFailed).', 'Serving']);
});

it('leaves it to the error to tell what waiting does not change', async () => {
  const world = new ServedWorld();
  const clock = new FakeClock();
  const said: string[] = [];
  const onState = tellChanges(clock, (text) => said.push(text));
  onState(servingState(world.instance(), world.run({})));
  onState(servingState(world.instance(), world.run({ phase: 'Failed', reason: 'InvalidSpec', message: 'no' })));
  await clock.advance(1_000);
  expect(said).toEqual([]);
});
