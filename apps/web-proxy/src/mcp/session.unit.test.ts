import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { SympoziumInstance } from '@sympozium/api';
import { FakeClock, settle } from '@sympozium/process/testing';
import type { FastifyReply } from 'fastify';
import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, it } from 'vitest';
import { SseWriter } from '../routes/sse-writer.js';
import { McpSession } from './session.js';
import type { ToolCall } from './tool-calls.js';

const BY = { caller: { id: 'api-key' } };
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'ask_demo' } };

let clock: FakeClock;
let raw: PassThrough;
let instances: string[];
let calls: ToolCall[];
let answer: (result: CallToolResult) => void;
let session: McpSession;

beforeEach(async () => {
  clock = new FakeClock();
  instances = ['demo'];
  calls = [];
  // A socket that takes 100 bytes before it says that it is full.
  raw = Object.assign(new PassThrough({ highWaterMark: 100 }), { writeHead: () => {} });
  const reply = { raw, hijack: () => {}, getHeaders: () => ({}) } as unknown as FastifyReply;
  const sse = new SseWriter({ reply, clock, preamble: () => 'first' });
  const toInstance = (name: string) => ({ metadata: { name } }) as SympoziumInstance;
  const call = (asked: ToolCall) => {
    calls.push(asked);
    return new Promise<CallToolResult>((resolve, reject) => {
      answer = resolve;
      asked.signal.addEventListener('abort', () => reject(asked.signal.reason));
    });
  };
  session = new McpSession(sse, { instances: () => instances.map(toInstance), call }, BY);
  await session.start();
});

const written = (): string => String(raw.read() ?? '');

it('takes no more from a client that does not read what it is sent', async () => {
  await session.receive(LIST, BY);
  await settle();
  let isTaken = false;
  const second = session.receive({ ...LIST, id: 2 }, BY).then(() => (isTaken = true));
  await settle();
  expect(isTaken).toBe(false);
  expect(written()).toContain('ask_demo');
  await second;
  await settle();
  expect(written()).toContain('"id":2');
});

it('forgets what waits, and gives up what runs, when the stream ends', async () => {
  await session.receive(CALL, BY);
  await session.receive(LIST, BY);
  await settle();
  const waiting = session.receive(CALL, BY);
  session.gone();
  raw.destroy();
  await expect(waiting).rejects.toMatchObject({ code: 'mcp_session_not_found' });
  expect(calls.map(({ signal }) => signal.reason)).toEqual([expect.objectContaining({ code: 'Cancelled' })]);
  expect(clock.waiting).toBe(0);
});

it('keeps nothing of a call that has ended, however long the session lasts', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await session.receive(CALL, BY);
  await settle();
  const asked = new WeakRef(calls.splice(0)[0]?.signal ?? {});
  answer({ content: [] });
  for (let i = 0; i < 100 && asked.deref(); i += 1) {
    await settle();
    collect();
  }
  expect(asked.deref()).toBeUndefined();
});

it('tells what has changed once, also when it is the key that may do something else now', async () => {
  const changes = () => written().match(/list_changed/g)?.length ?? 0;
  instances.push('early');
  await session.tellChanges(); // nobody has asked yet
  await session.receive(LIST, BY);
  await settle();
  expect(changes()).toBe(0);
  instances.push('late');
  await session.tellChanges();
  await session.tellChanges();
  expect(changes()).toBe(1);
  instances.pop();
  await session.receive({ jsonrpc: '2.0', method: 'notifications/nothing' }, { caller: { id: 'api-key' } });
  await settle();
  expect(changes()).toBe(1);
});

it('writes nothing after its end, whatever comes while it drains', async () => {
  const errors: unknown[] = [];
  raw.on('error', (error) => errors.push(error));
  const ends = new Promise((resolve) => raw.on('end', resolve));
  await session.receive(LIST, BY);
  await settle();
  session.drain();
  const late = [2, 3, 4].map((id) => session.receive({ ...LIST, id }, BY));
  const refused = late.map((each) => expect(each).rejects.toMatchObject({ code: 'mcp_session_not_found' }));
  raw.resume();
  await Promise.all([ends, ...refused]);
  await settle();
  expect(errors).toEqual([]);
});
