import { expect, it } from 'vitest';
import { claimRanges } from './claim-ranges.js';

it('gives each node of a machine ranges of its own, and a given-up one again', async () => {
  const [first, second] = [await claimRanges('linux'), await claimRanges('linux')];
  expect(second.ranges.processes).not.toBe(first.ranges.processes);
  expect(second.ranges.pods.split('.')[1]).toBe(second.ranges.processes.split('.')[1]);
  first.release();
  const third = await claimRanges('linux');
  expect(third.ranges.processes <= first.ranges.processes).toBe(true); // another cluster may have given up a lower one
  second.release();
  third.release();
});

it('claims nothing where there is only one address', async () => {
  expect((await claimRanges('darwin')).ranges).toEqual((await claimRanges('darwin')).ranges);
});
