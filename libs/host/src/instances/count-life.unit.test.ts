import { AGENT_RUN } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { admitPlugins } from '../index.js';
import { HostRig, probeMode } from '../testing/index.js';

let rig: HostRig;

beforeEach(async () => {
  rig = new HostRig({ modes: await admitPlugins([{ from: 'test', plugin: probeMode() }]) });
  await rig.start();
  rig.instance();
  await rig.advance(20_000);
  rig.client.forgetCalls();
});

afterEach(() => rig.stop());

const counts = () => {
  const { activeRuns, queuedRuns } = rig.storedInstance()?.status ?? {};
  return { activeRuns, queuedRuns };
};

const countWrites = (): number => rig.allWrites.filter((write) => write.includes('sympoziuminstances')).length;

const names = (count: number, prefix = 'run'): string[] => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

function end(name: string): void {
  const content = { from: 'inline' as const, text: 'done' };
  rig.pod({ state: 'succeeded', startedAt: rig.now(), result: { finishReason: 'stop', content } }, name);
}

it('counts a run that works as active, one for which nothing was made as queued, and neither when it is over', async () => {
  const quota = new KubeError(403, 'Forbidden', 'exceeded quota: pods');
  rig.run({ metadata: { name: 'works' } });
  await rig.quiet();
  rig.client.fail(({ verb, kind }) => verb === 'create' && kind?.plural === 'jobs', quota, { times: Infinity });
  rig.run({ metadata: { name: 'waits' } });
  await rig.advance(10_000);
  expect(counts()).toEqual({ activeRuns: 1, queuedRuns: 1 });
  end('works');
  rig.server.delete(AGENT_RUN, { namespace: 'default', name: 'waits' });
  await rig.advance(10_000);
  expect(counts()).toEqual({ activeRuns: 0, queuedRuns: 0 });
  expect(countWrites()).toBe(2);
});

it('writes nothing for runs that end within ten seconds', async () => {
  for (const name of names(5)) {
    rig.run({ metadata: { name } });
    await rig.advance(4_000);
    end(name);
    await rig.advance(6_000);
  }
  await rig.advance(60_000);
  expect(countWrites()).toBe(0);
});

it('writes at most once in ten seconds, however many runs come and go', async () => {
  for (const name of names(60)) {
    rig.run({ metadata: { name } });
    await rig.advance(1_000);
  }
  expect(countWrites()).toBeLessThanOrEqual(6);
  await rig.advance(10_000);
  expect(counts()).toEqual({ activeRuns: 60, queuedRuns: 0 });
});

it('keeps that pace when something else is looked at meanwhile', async () => {
  rig.run();
  await rig.advance(1_000);
  rig.patchInstance({ systemPrompt: 'Be brief.' });
  await rig.advance(1_000);
  expect(countWrites()).toBe(1);
  expect(counts().activeRuns).toBe(0);
  await rig.advance(8_000);
  expect(counts().activeRuns).toBe(1);
});

it('corrects what was counted before the operator started', async () => {
  rig.run();
  await rig.advance(10_000);
  expect(counts().activeRuns).toBe(1);
  await rig.stop();
  rig.server.delete(AGENT_RUN, { namespace: 'default', name: 'hello' });
  await rig.restart();
  await rig.advance(10_000);
  expect(counts().activeRuns).toBe(0);
});
