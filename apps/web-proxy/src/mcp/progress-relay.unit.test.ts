import { FakeClock, settle } from '@sympozium/process/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProgressRelay, type Progress } from './progress-relay.js';

/** A relay whose notifications take as long as the test says. */
function relayed(takeMs = 0) {
  const clock = new FakeClock();
  const sent: (Progress & { at: number })[] = [];
  const begun = clock.now();
  const relay = new ProgressRelay(clock, (progress) => {
    sent.push({ ...progress, at: clock.now() - begun });
    return takeMs === 0 ? Promise.resolve() : new Promise((resolve) => clock.after(takeMs, resolve));
  });
  return { clock, relay, sent };
}

it('sends the first piece at once, and those that follow together, ten times a second', async () => {
  const { clock, relay, sent } = relayed();
  for (let i = 0; i < 25; i += 1) {
    relay.say(`${i} `);
    await clock.advance(10);
  }
  await relay.finish();
  expect(sent.map(({ at }) => at)).toEqual([0, 100, 200, 250]);
  expect(sent.map(({ progress }) => progress)).toEqual([1, 2, 3, 4]);
});

it('announces a silent agent every ten seconds, so that clients do not give it up', async () => {
  const { clock, relay, sent } = relayed();
  await clock.advance(20_000);
  expect(sent).toEqual([
    { progress: 1, at: 10_000 },
    { progress: 2, at: 20_000 },
  ]);
  relay.stop();
  await clock.advance(20_000);
  expect(sent).toHaveLength(2);
  expect(clock.waiting).toBe(0);
});

it('loses and doubles nothing, however fast the agent and however slow the client', async () => {
  const step = fc.record({ text: fc.string({ maxLength: 5 }), wait: fc.nat(300) });
  await fc.assert(
    fc.asyncProperty(fc.nat(500), fc.array(step, { maxLength: 20 }), async (takeMs, steps) => {
      const { clock, relay, sent } = relayed(takeMs);
      for (const { text, wait } of steps) {
        relay.say(text);
        await clock.advance(wait);
      }
      let isFinished = false;
      const finishing = relay.finish().then(() => (isFinished = true));
      while (!isFinished) await clock.advance(100).then(settle);
      await finishing;
      expect(sent.map(({ message }) => message ?? '').join('')).toBe(steps.map(({ text }) => text).join(''));
      expect(sent.map(({ progress }) => progress)).toEqual(sent.map((_, i) => i + 1));
      const gaps = sent.slice(1, -1).map(({ at }, i) => at - (sent[i]?.at ?? 0));
      expect(gaps.every((gap) => gap >= 100)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
