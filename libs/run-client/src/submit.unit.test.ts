import { AGENT_RUN, ANNOTATION, LABEL, LIMIT, MAX_RUN_NAME, type Message } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { FakeClock, seededRandom, settle } from '@sympozium/process/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest } from './build-run.js';
import { cancelRun } from './cancel.js';
import { RunSubmitter } from './submit.js';
import { RunWorld } from './testing/index.js';

const says = (text: string): Message[] => [{ role: 'user', content: [{ type: 'text', text }], contentForm: 'string' }];

let clock: FakeClock;
let world: RunWorld;
let submitter: RunSubmitter;
let request: RunRequest;

beforeEach(() => {
  clock = new FakeClock();
  world = new RunWorld({ clock });
  submitter = new RunSubmitter({ client: world.client, clock, random: seededRandom(1) });
  request = { instance: world.instance('demo'), spec: { messages: says('hi') }, keyId: 'api-key' };
  world.client.forgetCalls();
});

const writes = () => world.client.writes.map(({ verb }) => verb);

/** Lets time pass until the promise is settled. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const done = promise.finally(() => (isSettled = true));
  done.catch(() => {});
  for (let i = 0; i < 200 && !isSettled; i += 1) await clock.advance(500);
  return done;
}

describe('RunSubmitter', () => {
  it('makes a task run with one POST and nothing else', async () => {
    const { run, joined } = await submitter.submit({ ...request, streamUrl: (name) => `http://proxy/runs/${name}` });
    expect(world.client.calls.map(({ verb }) => verb)).toEqual(['create']);
    expect(joined).toBe(false);
    const { name } = run.metadata;
    expect(name).toMatch(/^demo-[a-z2-7]{10}$/);
    expect(run.spec).toMatchObject({
      instanceRef: { name: 'demo' },
      mode: 'task',
      messages: says('hi'),
      stream: { url: `http://proxy/runs/${name}` },
      timeout: '10m',
    });
    expect(run.metadata.labels).toMatchObject({
      [LABEL.run]: name,
      [LABEL.instance]: 'demo',
      [LABEL.mode]: 'task',
      [LABEL.key]: 'api-key',
    });
    expect(run.metadata.ownerReferences).toMatchObject([
      { kind: 'SympoziumInstance', name: 'demo', uid: request.instance.metadata.uid, blockOwnerDeletion: false },
    ]);
  });

  it('orders runs of the same millisecond by their stamps', async () => {
    const runs = [await submitter.submit(request), await submitter.submit(request)];
    const [first = '', second = ''] = runs.map(({ run }) => run.metadata.annotations?.[ANNOTATION.submittedAt]);
    expect(first).toBe('2026-01-01T00:00:00.000000Z');
    expect(second > first).toBe(true);
  });

  it('takes the instance’s run defaults where the caller does not say', async () => {
    const instance = world.instance('slow', { runDefaults: { timeout: '1h', ttlAfterFinished: '5m' } });
    const { run } = await submitter.submit({ ...request, instance, spec: { task: 'x', timeout: '2m' } });
    expect(run.spec).toMatchObject({ timeout: '2m', ttlAfterFinished: '5m' });
  });

  it('makes valid names of any instance’s name', async () => {
    for (const name of ['0-digit', 'a'.repeat(40), `${'b'.repeat(39)}0`]) {
      const { run } = await submitter.submit({ ...request, instance: world.instance(name) });
      expect(run.metadata.name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
      expect(run.metadata.name.length).toBeLessThanOrEqual(MAX_RUN_NAME);
    }
  });

  it('takes another name when the random one is taken', async () => {
    const again = new RunSubmitter({ client: world.client, clock, random: seededRandom(1) });
    const first = await submitter.submit(request);
    await clock.advance(1);
    const second = await again.submit({ ...request, spec: { messages: says('other') } });
    expect(second.joined).toBe(false);
    expect(second.run.metadata.name).not.toBe(first.run.metadata.name);
    expect(world.runs).toHaveLength(2);
  });

  it('refuses a conversation that the server would store as more than 1 MiB, before anything is created', async () => {
    // Six bytes each, as Go writes them.
    const messages = says('<'.repeat(LIMIT.input / 6));
    await expect(submitter.submit({ ...request, spec: { messages } })).rejects.toMatchObject({
      code: 'run_input_too_large',
    });
    expect(world.client.calls).toEqual([]);
  });

  it.each([
    [new KubeError(0, 'Unreachable', 'connection reset')],
    [new KubeError(504, 'Timeout', 'the request timed out')],
  ])('makes one run though the reply to the POST got lost: %s', async (error) => {
    world.client.fail(({ verb }) => verb === 'create', error, { when: 'after' });
    const { run, joined } = await inTime(submitter.submit(request));
    expect(joined).toBe(false);
    expect(world.runs.map(({ metadata }) => metadata.uid)).toEqual([run.metadata.uid]);
  });

  it('says that the API server cannot be reached, with the cause', async () => {
    const error = new KubeError(0, 'Unreachable', 'connect ECONNREFUSED');
    world.client.fail(({ verb }) => verb === 'create', error, { times: 100 });
    await expect(inTime(submitter.submit(request))).rejects.toMatchObject({ code: 'api_unavailable', cause: error });
  });

  it.each([
    [422, 'Invalid', 'invalid_request'],
    [413, 'RequestEntityTooLarge', 'run_input_too_large'],
    [403, 'Forbidden', 'api_unavailable'],
  ])('shows the server’s %s as what it is, after one try', async (status, reason, code) => {
    world.client.fail(({ verb }) => verb === 'create', new KubeError(status, reason, 'no'));
    await expect(submitter.submit(request)).rejects.toMatchObject({ code });
    expect(writes()).toEqual(['create']);
  });
});

describe('with an Idempotency-Key', () => {
  const once = () => ({ ...request, idempotencyKey: 'once' });

  it('joins the run of the first request, whatever the order of the fields', async () => {
    const first = await submitter.submit({ ...once(), spec: { task: 'a', model: 'b' } });
    const second = await submitter.submit({ ...once(), spec: { model: 'b', task: 'a' } });
    expect(second).toMatchObject({ joined: true, run: { metadata: { uid: first.run.metadata.uid } } });
    expect(world.runs).toHaveLength(1);
  });

  it('makes one run of many requests at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => submitter.submit(once())));
    expect(new Set(all.map(({ run }) => run.metadata.uid)).size).toBe(1);
    expect(all.filter(({ joined }) => !joined)).toHaveLength(1);
  });

  it.each([
    ['body', () => ({ ...once(), spec: { messages: says('other') } })],
    ['instance', () => ({ ...once(), instance: world.instance('other') })],
  ])('refuses another %s', async (_, other) => {
    await submitter.submit(once());
    await expect(submitter.submit(other())).rejects.toMatchObject({ code: 'idempotency_conflict' });
    expect(world.runs).toHaveLength(1);
  });

  it('keeps the keys of different callers apart', async () => {
    await submitter.submit(once());
    expect(await submitter.submit({ ...once(), keyId: 'other' })).toMatchObject({ joined: false });
  });

  it('waits for a run that is being deleted, then makes its own', async () => {
    const first = await submitter.submit(once());
    const { name, namespace = '' } = first.run.metadata;
    const finalizers = (finalizers: string[] | null) =>
      world.client.server.patch(AGENT_RUN, { namespace, name }, { type: 'merge', body: { metadata: { finalizers } } });
    finalizers(['test/hold']);
    world.delete(first.run);
    const second = submitter.submit(once());
    await clock.advance(2_000);
    expect(world.runs.map(({ metadata }) => metadata.uid)).toEqual([first.run.metadata.uid]);
    finalizers(null);
    const { run, joined } = await inTime(second);
    expect(joined).toBe(false);
    expect(run.metadata.uid).not.toBe(first.run.metadata.uid);
  });
});

describe('cancelRun', () => {
  it('patches spec.cancel once', async () => {
    const { run } = await submitter.submit(request);
    await cancelRun(world.client, run);
    expect(world.run(run.metadata.name)?.spec.cancel).toBe(true);
    expect(writes()).toEqual(['create', 'patch']);
  });

  it('leaves another run of the same name alone, and does not mind one that is gone', async () => {
    const { run } = await submitter.submit({ ...request, idempotencyKey: 'x' });
    world.delete(run);
    await cancelRun(world.client, run);
    const { run: successor } = await submitter.submit({ ...request, idempotencyKey: 'x' });
    await cancelRun(world.client, run);
    await settle();
    expect(world.run(successor.metadata.name)?.spec.cancel).toBeUndefined();
  });

  it('tells what else went wrong', async () => {
    const { run } = await submitter.submit(request);
    const error = new KubeError(403, 'Forbidden', 'no');
    world.client.fail(({ verb }) => verb === 'patch', error);
    await expect(cancelRun(world.client, run)).rejects.toBe(error);
  });
});
