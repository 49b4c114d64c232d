import { AGENT_RUN, LABEL, type AgentRun } from '@sympozium/api';
import { createInformer, KubeError, type Informer } from '@sympozium/kube';
import { FakeClock, seededRandom, settle, silentLogger } from '@sympozium/process/testing';
import { PROTOCOL_VERSION, type Frame, type FrameBody } from '@sympozium/run-protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followRun, OBSTACLE_MS, type FollowOptions } from './follow.js';
import { Mailbox } from './mailbox.js';
import { InformerRunStatus } from './run-status.js';
import type { RunUpdate } from './run-update.js';
import { RunSubmitter } from './submit.js';
import { RunWorld } from './testing/index.js';

const log = silentLogger();

/** A run, its informer, and a stream into which the test says frames. */
class Scene {
  readonly clock = new FakeClock();
  readonly random = seededRandom(7);
  readonly world = new RunWorld({ clock: this.clock });
  readonly informer: Informer<AgentRun>;
  readonly status: InformerRunStatus;
  readonly stream = new Mailbox<Frame>();
  readonly updates: RunUpdate[] = [];
  #seq = 0;

  constructor() {
    const dependencies = { client: this.world.client, clock: this.clock, random: this.random, log };
    const labelSelector = `${LABEL.instance}=demo`;
    this.informer = createInformer(dependencies, { kind: AGENT_RUN, namespace: 'default', labelSelector });
    this.status = new InformerRunStatus(this.informer, dependencies);
  }

  async submit(retry = 0): Promise<AgentRun> {
    await this.informer.start();
    const instance = this.world.instance('demo');
    const submitter = new RunSubmitter({ client: this.world.client, clock: this.clock, random: this.random });
    return (await submitter.submit({ instance, spec: { task: 'x', retry: { limit: retry } } })).run;
  }

  /** Follows the run to its end; what is seen on the way stands in `updates`. */
  async follow(run: AgentRun, options: Partial<FollowOptions> = {}): Promise<void> {
    const { clock, random, status, world } = this;
    const frames = (signal: AbortSignal) => this.#frames(signal);
    const all = followRun({ client: world.client, clock, random, status, run, frames, ...options });
    for await (const update of all) this.updates.push(update);
  }

  say(body: FrameBody, attempt = 'a'): void {
    this.stream.push({ v: PROTOCOL_VERSION, attempt, seq: this.#seq++, ...body });
  }

  get text(): string {
    return this.updates.map((update) => (update.type === 'delta' ? update.text : '')).join('');
  }

  get outcome() {
    const ends = this.updates.flatMap((update) => (update.type === 'ended' ? [update.outcome] : []));
    expect(ends).toHaveLength(1);
    return ends[0];
  }

  async *#frames(signal: AbortSignal): AsyncGenerator<Frame> {
    signal.addEventListener('abort', () => this.stream.close(signal.reason));
    for (;;) yield await this.stream.take();
  }
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(async () => {
  await scene.informer.stop();
});

const OK: FrameBody = { type: 'result', status: 'ok', text: 'Hi!', finishReason: 'stop' };

describe('followRun', () => {
  it('ends with the agent’s result, before the status says anything', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    for (const body of [{ type: 'started' }, { type: 'delta', text: 'Hi' }, { type: 'delta', text: '!' }, OK] as const)
      scene.say(body);
    await following;
    expect(scene.updates.map(({ type }) => type)).toEqual(['started', 'delta', 'delta', 'ended']);
    expect(scene.outcome).toMatchObject({ succeeded: true, answer: { text: 'Hi!', finishReason: 'stop' } });
  });

  it('answers from the status when no stream ever comes', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    await settle();
    const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
    scene.world.succeed(run, { text: 'stored', finishReason: 'length', usage });
    await following;
    expect(scene.text).toBe('stored');
    expect(scene.outcome).toMatchObject({ succeeded: true, answer: { text: 'stored', finishReason: 'length', usage } });
  });

  it('reads a large answer from its ConfigMap and gives what was not yet said', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    scene.say({ type: 'delta', text: 'x'.repeat(10) });
    await settle();
    scene.world.succeedLarge(run, { text: 'x'.repeat(100_000) });
    await following;
    expect(scene.updates[1]).toEqual({ type: 'delta', text: 'x'.repeat(10) });
    expect(scene.text).toBe('x'.repeat(100_000));
  });

  it('reads the stored answer again when the server fails for a moment', async () => {
    const run = await scene.submit();
    scene.world.client.fail(({ verb }) => verb === 'get', new KubeError(500, 'InternalError', 'no'), { times: 2 });
    scene.world.succeed(run, { text: 'there' });
    const following = scene.follow(run);
    await pass(5_000);
    await following;
    expect(scene.text).toBe('there');
  });

  it('tells why a run failed, in the operator’s words', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    scene.world.fail(run, 'DeadlineExceeded', 'It took too long.');
    await following;
    expect(scene.outcome).toEqual({ succeeded: false, reason: 'DeadlineExceeded', message: 'It took too long.' });
  });

  it('leaves the end to the status when the run may be tried again', async () => {
    const run = await scene.submit(1);
    const following = scene.follow(run);
    const error = { code: 'ModelError', message: 'died' };
    scene.say({ type: 'result', status: 'error', text: '', finishReason: 'error', error });
    await settle();
    expect(scene.updates.map(({ type }) => type)).toEqual(['started']);
    scene.world.succeed(run, { text: 'second try' });
    await following;
    expect(scene.text).toBe('second try');
  });

  it('says what keeps a run from starting, and gives up after a while', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    scene.world.hold(run, 'ImagePullFailed', 'no such image');
    await pass(OBSTACLE_MS - 1);
    expect(scene.updates).toEqual([{ type: 'waiting', reason: 'ImagePullFailed', message: 'no such image' }]);
    await pass(1);
    await following;
    expect(scene.outcome).toEqual({
      succeeded: false,
      reason: 'ImagePullFailed',
      message: 'no such image',
      unfinished: true,
    });
  });

  it('goes on when the obstacle goes away', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    scene.world.hold(run, 'Unschedulable', 'no node');
    await pass(OBSTACLE_MS - 1);
    scene.world.hold(run);
    await pass(60_000);
    scene.say(OK);
    await following;
    expect(scene.outcome).toMatchObject({ succeeded: true });
  });

  it('tells that the run was deleted, and never takes its successor’s answer', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    await settle();
    scene.world.delete(run);
    const successor = scene.world.client.server.create(AGENT_RUN, {
      ...run,
      metadata: { name: run.metadata.name, namespace: 'default' },
    }) as AgentRun;
    scene.world.succeed(successor, { text: 'not yours' });
    await following;
    expect(scene.text).toBe('');
    expect(scene.outcome).toMatchObject({ succeeded: false, reason: 'RunDeleted' });
  });

  it('finds out that a run was gone before the cache ever saw it', async () => {
    const run = await scene.submit();
    await scene.informer.stop();
    const blind = new Scene();
    scene.world.delete(run);
    const following = scene.follow(run, { status: blind.status });
    await blind.clock.advance(5_000); // the other cache has a clock, and an API server, of its own
    await following;
    expect(scene.outcome).toMatchObject({ succeeded: false, reason: 'RunDeleted' });
  });

  it('asks again for a run that no cache saw, when the API server could not be asked', async () => {
    const run = await scene.submit();
    await scene.informer.stop();
    const blind = new Scene();
    blind.world.client.fail(({ verb }) => verb === 'get', new KubeError(0, 'ConnectionReset', 'reset'));
    const following = scene.follow(run, { status: blind.status });
    for (let i = 0; i < 2; i += 1) {
      await blind.clock.advance(5_000);
      await settle();
    }
    await following;
    expect(scene.outcome).toMatchObject({ succeeded: false, reason: 'RunDeleted' });
  });

  describe('of a run whose label is taken, so that the cache no longer holds it', () => {
    const label = async (run: AgentRun, value: string | null) => {
      const { namespace = '', name } = run.metadata;
      const body = { metadata: { labels: { [LABEL.instance]: value } } };
      scene.world.client.server.patch(AGENT_RUN, { namespace, name }, { type: 'merge', body });
      for (let i = 0; i < 5; i += 1) await settle();
    };
    const reads = () => scene.world.client.calls.filter(({ verb }) => verb === 'get').length;

    it('goes on, and answers from what the server says of it', async () => {
      const run = await scene.submit();
      const following = scene.follow(run);
      await settle();
      await label(run, null);
      expect([scene.informer.store.list(), scene.updates]).toEqual([[], []]);
      scene.world.succeed(run, { text: 'there' });
      await pass(5_000);
      await following;
      expect(scene.text).toBe('there');
    });

    it('still learns that it was deleted', async () => {
      const run = await scene.submit();
      const following = scene.follow(run);
      await settle();
      await label(run, null);
      scene.world.delete(run);
      await pass(5_000);
      await following;
      expect(scene.outcome).toMatchObject({ succeeded: false, reason: 'RunDeleted' });
    });

    it('asks no more once the cache holds it again', async () => {
      const run = await scene.submit();
      const following = scene.follow(run);
      await settle();
      await label(run, null);
      await label(run, 'demo');
      const before = reads();
      await pass(60_000);
      expect([before, reads()]).toEqual([1, 1]);
      scene.say(OK);
      await following;
      expect(scene.outcome).toMatchObject({ succeeded: true });
    });

    it('asks again when the server could not say', async () => {
      const run = await scene.submit();
      const following = scene.follow(run);
      await settle();
      scene.world.client.fail(({ verb }) => verb === 'get', new KubeError(503, 'Unavailable', 'no'), { times: 2 });
      await label(run, null);
      await pass(5_000);
      expect(scene.updates).toEqual([]);
      scene.world.delete(run);
      await pass(5_000);
      await following;
      expect(scene.outcome).toMatchObject({ reason: 'RunDeleted' });
    });
  });

  it('goes a minute after the timeout when nothing is ever heard', async () => {
    const run = await scene.submit();
    const following = scene.follow(run);
    await scene.clock.advance(11 * 60_000);
    await following;
    expect(scene.outcome).toMatchObject({ reason: 'DeadlineExceeded', unfinished: true });
  });

  it('throws the signal’s reason and asks for nothing more', async () => {
    const run = await scene.submit();
    const controller = new AbortController();
    const following = scene.follow(run, { signal: controller.signal });
    const gone = new Error('gone');
    controller.abort(gone);
    await expect(following).rejects.toBe(gone);
    expect(scene.clock.waiting).toBeLessThanOrEqual(4); // the informer's own: none of the follower's remain
    expect(scene.world.client.writes.map(({ verb }) => verb)).toEqual(['create']);
  });

  it('slows the stream down to the reader’s pace', async () => {
    const run = await scene.submit();
    let taken = 0;
    async function* endless(): AsyncGenerator<Frame> {
      for (;;) yield { v: PROTOCOL_VERSION, attempt: 'a', seq: taken++, type: 'delta', text: 'x' };
    }
    const { clock, random, status, world } = scene;
    const updates = followRun({ client: world.client, clock, random, status, run, frames: endless });
    await updates.next();
    await updates.next();
    for (let i = 0; i < 20; i += 1) await settle();
    expect(taken).toBeLessThan(6);
    await updates.return();
  });

  it('gives one whole answer wherever the stream breaks and whenever the status comes', async () => {
    const pieces = ['one ', 'two ', 'three ', 'four'];
    const bodies: FrameBody[] = [
      { type: 'started' },
      ...pieces.map((text) => ({ type: 'delta' as const, text })),
      { type: 'result', status: 'ok', text: pieces.join(''), finishReason: 'stop' },
    ];
    const moments = { brokenAfter: fc.nat(6), statusAt: fc.nat(6), twice: fc.boolean() };
    await fc.assert(
      fc.asyncProperty(fc.record(moments), async ({ brokenAfter, statusAt, twice }) => {
        const it = new Scene();
        const run = await it.submit();
        const following = it.follow(run);
        for (const [i, body] of bodies.entries()) {
          if (i === statusAt) it.world.succeed(run, { text: pieces.join('') });
          if (i === brokenAfter) it.stream.close(new Error('broken'));
          it.say(body);
          if (twice) it.stream.push({ v: PROTOCOL_VERSION, attempt: 'a', seq: i, ...body });
          await settle();
        }
        if (statusAt >= bodies.length) it.world.succeed(run, { text: pieces.join('') });
        await following;
        expect(it.outcome).toMatchObject({ succeeded: true, answer: { text: pieces.join('') } });
        expect(it.text).toBe(pieces.join(''));
        await it.informer.stop();
      }),
      { numRuns: 60 },
    );
  });
});

/** Lets what is under way arrive, then the time pass, in steps so that what is begun on the way counts. */
async function pass(ms: number): Promise<void> {
  const step = Math.min(ms, 500);
  for (let left = ms; left > 0; left -= step) {
    for (let i = 0; i < 5; i += 1) await settle();
    await scene.clock.advance(Math.min(left, step));
  }
}
