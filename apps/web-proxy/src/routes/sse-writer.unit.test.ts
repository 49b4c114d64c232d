import { FakeClock, settle } from '@sympozium/process/testing';
import type { FastifyReply } from 'fastify';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, it } from 'vitest';
import { DONE, HEARTBEAT_MS, SseWriter } from './sse-writer.js';

let clock: FakeClock;
let heads: unknown[];
let raw: PassThrough;
let sse: SseWriter;

beforeEach(() => {
  clock = new FakeClock();
  heads = [];
  // A socket that takes 100 bytes before it says that it is full.
  raw = Object.assign(new PassThrough({ highWaterMark: 100 }), {
    writeHead: (status: number, headers: object) => heads.push({ status, headers }),
  });
  const reply = { raw, hijack: () => {}, getHeaders: () => ({ 'x-request-id': 'r' }) } as unknown as FastifyReply;
  sse = new SseWriter({ reply, clock, headers: () => ({ 'server-timing': 't' }), preamble: () => 'first' });
});

const written = (): string => String(raw.read() ?? '');

it('sends headers and the first event with the first of the others, and nothing before', async () => {
  await settle();
  expect([sse.begun, heads]).toEqual([false, []]);
  await sse.send({ a: 1 });
  expect(heads).toMatchObject([
    {
      status: 200,
      headers: {
        'x-request-id': 'r',
        'server-timing': 't',
        'content-type': expect.stringMatching('text/event-stream'),
      },
    },
  ]);
  expect(written()).toBe('data: "first"\n\ndata: {"a":1}\n\n');
  sse.end(DONE);
  expect(written()).toBe('data: [DONE]\n\n');
  expect(clock.waiting).toBe(0);
});

it('waits for a caller who reads slowly', async () => {
  let isSent = false;
  const sending = sse.send('x'.repeat(1_000)).then(() => (isSent = true));
  await settle();
  expect(isSent).toBe(false);
  written();
  await sending;
});

it('gives a caller up who reads nothing, or who goes', async () => {
  const stuck = sse.send('x'.repeat(1_000));
  await clock.advance(60_000);
  await stuck;
  expect(raw.destroyed).toBe(true);
  sse.stop();
});

it('comments the silence away, but never on a full socket', async () => {
  await clock.advance(HEARTBEAT_MS);
  expect(written()).toBe('data: "first"\n\n: the run goes on\n\n');
  raw.write('x'.repeat(1_000));
  await clock.advance(3 * HEARTBEAT_MS);
  expect(written()).toBe('x'.repeat(1_000));
  sse.stop();
});
