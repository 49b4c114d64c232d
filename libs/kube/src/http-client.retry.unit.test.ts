import { FakeClock } from '@sympozium/process/testing';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { job, JOB, KEY, rejection, sendJson, Wires } from './testing/wire.js';

const wires = new Wires();
afterEach(() => wires.close());

describe('trying again', () => {
  /** Answers call after call: a status with its headers, `reset`, or the object. */
  async function scripted(answers: (number | 'reset' | 'ok')[], headers: Record<string, string> = {}) {
    const clock = new FakeClock();
    const methods: (string | undefined)[] = [];
    const served = await wires.serve(
      (request, response) => {
        methods.push(request.method);
        const answer = answers[methods.length - 1] ?? 'ok';
        if (answer === 'reset') request.socket.destroy();
        else if (answer === 'ok') sendJson(response, job());
        else sendJson(response, { reason: 'R' }, answer, headers);
      },
      { clock },
    );
    return { ...served, clock, methods };
  }

  it('waits as long as Retry-After says when the server turned a write away', async () => {
    const { client, clock, methods } = await scripted([429, 429], { 'retry-after': '2' });
    const created = client.create(JOB, job());
    for (const attempt of [1, 2]) {
      await vi.waitFor(() => expect(clock.waiting).toBe(1));
      await clock.advance(1_999);
      expect(methods).toHaveLength(attempt);
      await clock.advance(501);
    }
    await created;
    expect(methods).toEqual(['POST', 'POST', 'POST']);
  });

  it.each([
    ['a Retry-After too long to wait for', [429] as const, '60'],
    ['a write that a failing server may have done', [503] as const, '1'],
  ])('leaves %s to the caller', async (_name, answers, seconds) => {
    const { client, methods } = await scripted([...answers], { 'retry-after': seconds });
    expect((await rejection(client.create(JOB, job()))).retryAfterMs).toBe(Number(seconds) * 1000);
    expect(methods).toHaveLength(1);
  });

  it('reads again over a connection that broke, but never writes again', async () => {
    const reading = await scripted(['reset']);
    expect((await reading.client.get(JOB, KEY)).metadata.name).toBe('a');
    expect(reading.methods).toEqual(['GET', 'GET']);
    const writing = await scripted(['ok', 'reset']);
    await writing.client.create(JOB, job());
    expect(await rejection(writing.client.create(JOB, job()))).toMatchObject({
      status: 0,
      message: expect.stringContaining('the connection broke off'),
    });
    expect(writing.methods).toEqual(['POST', 'POST']);
  });

  it('gives up after three more attempts', async () => {
    const { client, clock, methods } = await scripted(['reset', 'reset', 'reset', 'reset', 'ok']);
    const failing = rejection(client.get(JOB, KEY));
    let failed = false;
    void failing.then(() => (failed = true));
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(failed).toBe(true);
    });
    expect((await failing).status).toBe(0);
    expect(methods).toHaveLength(4);
  });

  it('asks once for fresh credentials when the server refuses the old ones', async () => {
    const asked: boolean[] = [];
    const { client } = await wires.serve(
      (request, response) =>
        request.headers.authorization === 'Bearer fresh' ? sendJson(response, job()) : sendJson(response, {}, 401),
      { headers: (fresh) => (asked.push(fresh), { authorization: `Bearer ${fresh ? 'fresh' : 'old'}` }) },
    );
    await client.get(JOB, KEY);
    expect(asked).toEqual([false, true]);
  });
});

describe('an abort', () => {
  it('ends a call with the signal’s reason, and the server learns of it', async () => {
    const requests: IncomingMessage[] = [];
    const { client } = await wires.serve((request) => void requests.push(request));
    const abort = new AbortController();
    const call = rejection(client.get(JOB, KEY, { signal: abort.signal }));
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    abort.abort(new Error('enough'));
    expect((await call).message).toBe('enough');
    await vi.waitFor(() => expect(requests[0]?.destroyed).toBe(true));
    expect(requests).toHaveLength(1);
  });

  it('ends a watch with the signal’s reason and frees its connection', async () => {
    const { client, open } = await wires.serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify({ type: 'ADDED', object: job() })}\n`);
    });
    const abort = new AbortController();
    const watch = client.watch(JOB, { resourceVersion: '1', signal: abort.signal })[Symbol.asyncIterator]();
    await watch.next();
    const next = rejection(watch.next());
    abort.abort(new Error('enough'));
    expect((await next).message).toBe('enough');
    await vi.waitFor(() => expect(open()).toBe(0));
  });
});
