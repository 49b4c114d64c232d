import { AGENT_RUN, isTerminal } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import type { Observation, ObservedView } from '@sympozium/plugin-sdk';
import { CONFIG_MAP, JOB, POD } from '@sympozium/plugin-sdk/manifests';
import { afterEach, describe, expect, it } from 'vitest';
import { admitPlugins } from './index.js';
import { HostRig, isRunWrite, probeMode, probePlanner } from './testing/index.js';

const rigs: HostRig[] = [];

async function rigWith(...plugins: ReturnType<typeof probeMode>[]): Promise<HostRig> {
  const offers = (plugins.length > 0 ? plugins : [probeMode()]).map((plugin) => ({ from: 'test', plugin }));
  const rig = new HostRig({ modes: await admitPlugins(offers) });
  rigs.push(rig);
  await rig.start();
  return rig;
}

afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
});

const BIG = 'x'.repeat(40_000);

/** Kubelet and Job controller: a Job that has no Pod gets one, which ends with a large answer. */
function playCluster(rig: HostRig): void {
  for (const { metadata } of rig.jobs()) {
    if (rig.server.peek(POD, { namespace: 'default', name: `${metadata.name}-pod` })) continue;
    const times = { startedAt: rig.now(), completedAt: rig.now() };
    const result = { finishReason: 'stop', content: { from: 'inline' as const, text: BIG } };
    rig.pod({ state: 'succeeded', ...times, result }, metadata.name);
  }
}

async function finish(rig: HostRig): Promise<void> {
  for (let step = 0; step < 10; step += 1) {
    playCluster(rig);
    rig.server.collectGarbage();
    await rig.advance(1_000);
  }
}

describe('an operator that is killed', () => {
  const points = [1, 2, 3, 4].flatMap((nth) => [
    { nth, when: 'before' as const },
    { nth, when: 'after' as const },
  ]);

  it.each(points)(
    '$when its write $nth ends the run once, with one Job and its answer stored',
    async ({ nth, when }) => {
      const rig = await rigWith();
      let killed = 0;
      const kill = async (): Promise<void> => {
        killed += 1;
        await rig.client.close();
        throw new KubeError(0, 'Unreachable', 'the operator is dead');
      };
      rig.client.intercept({ matches: isRunWrite, nth, [when]: kill });
      const made = countJobs(rig);
      const phases = phasesOf(rig);
      rig.instance();
      rig.bareRun();
      await finish(rig);
      expect(killed).toBe(1);
      await rig.restart();
      await finish(rig);

      expect(made()).toBe(1);
      expect(rig.stored()?.status).toMatchObject({ phase: 'Succeeded', result: { ref: { name: 'hello-result' } } });
      expect(phases()).toEqual(['Pending', 'Succeeded']);
      const map = rig.server.peek(CONFIG_MAP, { namespace: 'default', name: 'hello-result' });
      expect(Buffer.from(map?.binaryData?.['result'] ?? '', 'base64').toString()).toBe(BIG);
    },
  );

  it('makes exactly the writes that are tried above', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.bareRun();
    await finish(rig);
    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns', 'POST configmaps', 'PATCH agentruns/status']);
  });
});

describe('an API server that fails', () => {
  it.each([
    ['429', new KubeError(429, 'TooManyRequests', 'slow down', { retryAfterMs: 2_000 })],
    ['500', new KubeError(500, 'InternalError', 'oops')],
    ['a conflict', new KubeError(409, 'Conflict', 'modified')],
    ['a reset connection', new KubeError(0, 'Unreachable', 'reset')],
  ])('with %s at any write, before or after it, only costs time', async (_what, error) => {
    for (const nth of [1, 2, 3, 4])
      for (const when of ['before', 'after'] as const) {
        const rig = await rigWith();
        rig.client.fail(isRunWrite, error, { when, nth });
        const made = countJobs(rig);
        rig.instance();
        rig.bareRun();
        await finish(rig);
        expect(made()).toBe(1);
        expect(rig.stored()?.status).toMatchObject({ phase: 'Succeeded', result: { ref: { name: 'hello-result' } } });
      }
  });

  it('by refusing a child says so once, tries again ever less often, and goes on when it may', async () => {
    const rig = await rigWith();
    const quota = new KubeError(403, 'Forbidden', 'exceeded quota: pods');
    const end = rig.client.fail(({ verb, kind }) => verb === 'create' && kind === JOB, quota, { times: Infinity });
    rig.instance();
    rig.run();
    await rig.advance(120_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'ApplyFailed' });
    expect(rig.stored()?.status.message).toContain('exceeded quota: pods');
    expect(rig.writes.filter((write) => write.includes('status'))).toHaveLength(1);
    expect(rig.writes.length).toBeLessThan(20);

    end();
    await rig.advance(60_000);
    await finish(rig);
    expect(rig.stored()?.status.phase).toBe('Succeeded');
  });
});

describe('caches that are behind', () => {
  it('never make a second Job, and never a second end', async () => {
    for (const kind of [AGENT_RUN, JOB, POD]) {
      const rig = await rigWith();
      const made = countJobs(rig);
      rig.instance();
      rig.run();
      rig.client.watches.freeze(kind);
      await rig.advance(10_000);
      rig.client.watches.thaw(kind);
      await finish(rig);
      expect(made()).toBe(1);
      expect(rig.stored()?.status.phase).toBe('Succeeded');
      expect(rig.writes.filter((write) => write.includes('status'))).toHaveLength(1);
    }
  });

  it.each(['drop', 'duplicate', 'delay'] as const)('by watches that %s every event catch up', async (fate) => {
    const rig = await rigWith();
    const made = countJobs(rig);
    rig.client.watches.tamper(() => fate);
    rig.instance();
    rig.run();
    await finish(rig);
    rig.client.watches.tamper(() => 'pass');
    rig.client.watches.releaseDelayed();
    rig.server.expireHistory();
    rig.client.watches.break();
    await finish(rig);
    expect(made()).toBe(1);
    expect(rig.stored()?.status.phase).toBe('Succeeded');
  });
});

describe('a verdict from something that is not seen', () => {
  const observe = (view: ObservedView): Observation =>
    view.related.of(POD).length > 0 || view.children.of(JOB).length === 0
      ? probePlanner.observe(view)
      : { state: 'failed', reason: 'JobLost', message: 'no Pod', fromAbsence: true };
  const plugin = probeMode({ create: () => ({ ...probePlanner, observe }) });

  it('is not believed before the API server was asked', async () => {
    const rig = await rigWith(plugin);
    rig.instance();
    rig.client.watches.freeze(JOB);
    rig.client.watches.freeze(POD);
    rig.run();
    await rig.quiet();
    playCluster(rig);
    rig.client.watches.thaw(JOB);
    await rig.advance(2_000);
    expect(rig.stored()?.status.phase).toBe('Succeeded');
  });

  it('holds when the API server has it neither', async () => {
    const rig = await rigWith(plugin);
    rig.instance();
    rig.run();
    await rig.advance(2_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'JobLost' });
  });
});

describe('a started run', () => {
  it('that is cancelled and never seen to end is over a minute after its timeout, and its Job gone', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec: { timeout: '5m' } });
    await rig.advance(30_000);
    rig.patchSpec('hello', { cancel: true });
    await rig.advance(5 * 60_000 + 29_000);
    expect(rig.stored()?.status.phase).toBe('Pending');
    expect(rig.jobs()).toHaveLength(1);
    await rig.advance(1_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
    expect(rig.jobs()).toEqual([]);
    expect(rig.writes).toEqual(['POST jobs', 'PATCH jobs', 'DELETE jobs', 'PATCH agentruns/status']);
  });

  it('whose Job nobody ends is ended likewise', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec: { timeout: '5m' } });
    rig.run({ metadata: { name: 'untouched' }, spec: { timeout: '5m' } });
    await rig.quiet();
    rig.pod({ state: 'running', startedAt: rig.now() });
    await rig.advance(6 * 60_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect(rig.stored('untouched')?.status).toMatchObject({ phase: 'Failed', reason: 'StartTimeout' });
    expect(rig.jobs()).toEqual([]);
  });

  it('that a late operator makes has all of its time', async () => {
    const rig = new HostRig({ modes: await admitPlugins([{ from: 'test', plugin: probeMode() }]) });
    rigs.push(rig);
    rig.instance();
    rig.run({ spec: { timeout: '5m' } });
    await rig.clock.advance(60 * 60_000);
    await rig.start();
    await rig.advance(4 * 60_000);
    expect(rig.jobs()).toHaveLength(1);
    await finish(rig);
    expect(rig.stored()?.status.phase).toBe('Succeeded');
  });

  it('that ended unseen is looked at once more before it is given up', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec: { timeout: '5m' } });
    await rig.quiet();
    rig.client.watches.freeze(POD);
    playCluster(rig);
    await rig.advance(6 * 60_000);
    expect(rig.stored()?.status.phase).toBe('Succeeded');
  });
});

describe('a run that is made again under its name while the operator looks away', () => {
  it('gets no write that was meant for its predecessor', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    rig.client.watches.freeze(AGENT_RUN);
    rig.server.delete(AGENT_RUN, { namespace: 'default', name: 'hello' });
    const successor = rig.run();
    const result = { finishReason: 'stop', content: { from: 'inline' as const, text: 'old' } };
    rig.pod({ state: 'succeeded', startedAt: rig.now(), result });
    await rig.advance(1_000);
    expect(rig.stored()?.status).toEqual({ phase: 'Pending' });

    rig.client.watches.thaw();
    await finish(rig);
    expect(rig.stored()?.metadata.uid).toBe(successor.metadata.uid);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Succeeded', result: { ref: { name: 'hello-result' } } });
  });
});

describe('a child that is changed just when it vanishes', () => {
  it('is no obstacle: the verdict waits for the caches', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    rig.client.watches.freeze(JOB);
    rig.server.delete(JOB, { namespace: 'default', name: 'hello' });
    rig.patchSpec('hello', { cancel: true });
    await rig.advance(1_000);
    expect(rig.stored()?.status).toEqual({ phase: 'Pending' });
    rig.client.watches.thaw();
    await rig.advance(5_000);
    expect(rig.stored()?.status.phase).toBe('Failed');
    expect(rig.writes.filter((write) => write.includes('status'))).toHaveLength(1);
  });
});

describe('a plugin that misbehaves', () => {
  const planning = (plan: () => never) => probeMode({ name: 'bad', create: () => ({ ...probePlanner, plan }) });

  it('by throwing stops its own runs only', async () => {
    const throwing = planning(() => {
      throw new TypeError('x is undefined');
    });
    const rig = await rigWith(probeMode(), throwing);
    rig.instance();
    rig.run();
    rig.run({ metadata: { name: 'bad' }, spec: { mode: 'bad', timeout: '2m' } });
    await rig.quiet();
    expect(rig.stored('bad')?.status).toMatchObject({ phase: 'Pending', reason: 'PluginError' });
    expect(rig.stored('bad')?.status.message).toContain('x is undefined');
    await finish(rig);
    expect(rig.stored()?.status.phase).toBe('Succeeded');
    await rig.advance(120_000);
    expect(rig.stored('bad')?.status).toMatchObject({ phase: 'Failed', reason: 'PluginError' });
  });

  it('by throwing when it observes leaves no run without an end, and no Job behind it', async () => {
    const observe = (): never => {
      throw new Error('cannot see');
    };
    const rig = await rigWith(probeMode({ create: () => ({ ...probePlanner, observe }) }));
    rig.instance();
    rig.run({ spec: { timeout: '1m' } });
    await rig.advance(60_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'PluginError' });
    expect(rig.jobs()).toEqual([]);
  });

  it('by wishing what it does not own gets none of it', async () => {
    const rig = await rigWith(probeMode({ owns: [{ kind: CONFIG_MAP }] }));
    rig.instance();
    rig.run();
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'PLUGIN_KIND_FORBIDDEN' });
    expect(rig.jobs()).toEqual([]);
  });
});

/** Counts the Jobs that were ever made. */
function countJobs(rig: HostRig): () => number {
  const uids = new Set<string>();
  rig.server.table.history.listen(({ object }) => {
    if (object.kind === 'Job') uids.add(object.metadata.uid ?? '');
  });
  return () => uids.size;
}

/** Collects the phases that a watcher of runs sees, and insists that nothing follows a terminal one. */
function phasesOf(rig: HostRig): () => readonly string[] {
  const phases: string[] = [];
  rig.server.table.history.listen(({ object, deleted }) => {
    const phase = (object as { status?: { phase: 'Pending' } }).status?.phase;
    if (object.kind !== AGENT_RUN.kind || deleted || phase === undefined || phases.at(-1) === phase) return;
    expect(isTerminal((phases.at(-1) ?? 'Pending') as 'Pending')).toBe(false);
    phases.push(phase);
  });
  return () => phases;
}
