import { LIMIT } from '@sympozium/api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeEnvelope } from '../decode-envelope.js';
import { sha256Hex } from '../digest.js';
import type { Frame, ResultBody } from '../frames.js';
import type { RunInput } from '../input.js';
import { toValidUtf8, utf8 } from '../utf8.js';
import { agentInput, TRICKY_TEXTS } from './agent-input.js';
import { AgentProcess, ATTEMPT, type AgentCommand, type AgentEnd, type AgentStart } from './agent-process.js';
import { StreamListener } from './stream-listener.js';

/** An agent and what may be expected of it. */
export interface AgentUnderTest extends AgentCommand {
  /** Its answer to a user's text: without one, no kit can tell whether the input reached it byte for byte. */
  readonly answer: (text: string) => string;
  /** An input that keeps it at work until it is stopped. */
  readonly busy: () => Partial<RunInput>;
  /** The time it takes at most to end after SIGTERM; a Pod's own grace period is 30 s. */
  readonly graceMs?: number;
}

const TIMEOUT_MS = 30_000;
const TOKEN = 'a.b.c';
/** What a container of a Pod with about twenty of them gets. */
const NARROW_BYTES = 600;

/**
 * The conformance kit of the agent protocol (docs/agent-protocol.md): registers tests that run an agent's command
 * as a process and check what it reads, says, leaves behind and how it stops.
 */
export function describeAgent(name: string, agent: AgentUnderTest): void {
  describe(`agent protocol: ${name}`, { timeout: TIMEOUT_MS }, () => {
    describeFrames(agent);
    describeResult(agent);
    describeStream(agent);
    describeStop(agent);
  });
}

function describeFrames(agent: AgentUnderTest): void {
  it('says started first, numbers its frames and ends with one result', async () => {
    const { frames, exitCode, stderr } = await runAgent(agent, agentInput('Hello, agent'));
    expect(frames[0], `stderr: ${stderr}`).toMatchObject({ type: 'started', attempt: ATTEMPT });
    expect(frames.map((frame) => frame.seq)).toEqual(frames.map((_, index) => index));
    expect(new Set(frames.map((frame) => frame.attempt))).toEqual(new Set([ATTEMPT]));
    expect(frames.filter((frame) => frame.type === 'result')).toEqual([frames.at(-1)]);
    expect(resultOf(frames)).toMatchObject({ status: 'ok', text: agent.answer('Hello, agent') });
    expect(exitCode).toBe(0);
  });

  it('says in its deltas, if there are any, what the result says', async () => {
    const text = 'One two 🐍 three,\n\nfour.';
    const { frames } = await runAgent(agent, agentInput(text));
    const deltas = frames.flatMap((frame) => (frame.type === 'delta' ? [frame.text] : []));
    expect([[], [agent.answer(text)]]).toContainEqual(deltas.length === 0 ? [] : [deltas.join('')]);
  });

  it.each(Object.entries(TRICKY_TEXTS))('reads its input byte for byte: %s', async (_, text) => {
    expect(resultOf((await runAgent(agent, agentInput(text))).frames).text).toBe(toValidUtf8(agent.answer(text)));
  });

  it('answers half a surrogate pair with U+FFFD', async () => {
    const { frames, message } = await runAgent(agent, agentInput('half \ud83d, other half \udc0d.'));
    const expected = toValidUtf8(agent.answer('half \ud83d, other half \udc0d.'));
    expect(resultOf(frames).text).toBe(expected);
    expect(decodeEnvelope(message ?? '')).toMatchObject({ text: expected });
  });
}

function describeResult(agent: AgentUnderTest): void {
  it.each([
    ['a short answer', 'x', LIMIT.terminationMessage],
    ['3 KiB', 'x'.repeat(LIMIT.envelopeResult - utf8(agent.answer('')).length), LIMIT.terminationMessage],
    ['3 KiB that take six bytes each', '\u0001'.repeat(3000), LIMIT.terminationMessage],
    ['a narrow limit', 'é'.repeat(400), NARROW_BYTES],
    ['32 KiB', '"é\\'.repeat(8192), LIMIT.terminationMessage],
    ['nearly 1 MiB on one line', 'x'.repeat(LIMIT.result - 64), LIMIT.terminationMessage],
  ])('leaves a termination message that fits its result: %s', async (_, text, resultBytes) => {
    const end = await runAgent(agent, agentInput(text), { resultBytes });
    expectDurable(end, resultBytes);
    expect(resultOf(end.frames).text.length).toBe(agent.answer(text).length);
  });

  it.each([
    ['that it cannot read', '{"v":1,'],
    ['of another version', JSON.stringify({ ...agentInput('Hello'), v: 2 })],
  ])('reports an input %s, in words, and exits with a code other than 0', async (_, input) => {
    const end = await startAgent(agent, { input }).then((process) => process.ended);
    expect(decodeEnvelope(end.message ?? '')?.error).toMatchObject({
      code: expect.stringMatching(/\w/),
      message: expect.stringMatching(/\w/),
    });
    expect(resultOf(end.frames).status).toBe('error');
    expect(end.exitCode).toBeGreaterThan(0);
  });
}

function describeStream(agent: AgentUnderTest): void {
  it('posts the same frames to the stream, with its token', async () => {
    const listener = await StreamListener.attentive();
    try {
      const { frames } = await runAgent(agent, agentInput('a b c'), { stream: { url: listener.url, token: TOKEN } });
      expect(listener.posts).toMatchObject([
        {
          method: 'POST',
          path: '/runs/conformance',
          headers: { authorization: `Bearer ${TOKEN}`, 'transfer-encoding': 'chunked' },
        },
      ]);
      expect(listener.frames).toEqual(frames);
    } finally {
      await listener.close();
    }
  });

  it.each([
    ['breaks', () => StreamListener.breaking()],
    ['refuses the token', () => StreamListener.refusing(401)],
    ['knows no such run', () => StreamListener.refusing(404)],
  ])('ends well though the stream’s other side %s', async (_, listen) => {
    const listener = await listen();
    try {
      const end = await runAgent(agent, agentInput('a b c'), { stream: { url: listener.url, token: TOKEN } });
      expectAnswered(agent, end, 'a b c');
    } finally {
      await listener.close();
    }
  });

  it('ends well though nobody is at the stream’s address', async () => {
    const listener = await StreamListener.attentive();
    const { url } = listener;
    await listener.close();
    expectAnswered(agent, await runAgent(agent, agentInput('a b c'), { stream: { url, token: TOKEN } }), 'a b c');
  });
}

function describeStop(agent: AgentUnderTest): void {
  it.each(['started', 'at work'])(
    'ends as cancelled within its grace period when SIGTERM finds it %s',
    async (when) => {
      const process = await startAgent(agent, { input: JSON.stringify(agentInput('work', agent.busy())) });
      await process.frame(when === 'started' ? 'started' : 'delta');
      const asked = performance.now();
      process.kill('SIGTERM');
      const end = await process.ended;
      expect(performance.now() - asked).toBeLessThan(agent.graceMs ?? 10_000);
      expect(resultOf(end.frames)).toMatchObject({ status: 'cancelled' });
      expect(end.exitCode).not.toBe(0);
      expectDurable(end, LIMIT.terminationMessage);
    },
  );
}

const runAgent = (agent: AgentCommand, input: RunInput, more: Omit<AgentStart, 'input'> = {}): Promise<AgentEnd> =>
  startAgent(agent, { input: JSON.stringify(input), ...more }).then((process) => process.ended);

/** No test leaves a process behind, however it ends. */
async function startAgent(agent: AgentCommand, start: AgentStart): Promise<AgentProcess> {
  const process = await AgentProcess.start(agent, start);
  onTestFinished(() => process.kill('SIGKILL'));
  return process;
}

function expectAnswered(agent: AgentUnderTest, end: AgentEnd, text: string): void {
  expect(end.exitCode).toBe(0);
  expect(resultOf(end.frames)).toMatchObject({ status: 'ok', text: agent.answer(text) });
  expect(decodeEnvelope(end.message ?? '')).toMatchObject({ status: 'ok', text: agent.answer(text) });
}

/** The termination message and the result frame agree, and the message keeps its limit. */
function expectDurable({ frames, message = '' }: AgentEnd, resultBytes: number): void {
  const { text, status, finishReason } = resultOf(frames);
  const bytes = utf8(text);
  expect(utf8(message).length).toBeLessThanOrEqual(resultBytes);
  const envelope = decodeEnvelope(message);
  expect(envelope).toMatchObject({ status, finishReason, bytes: bytes.length, sha256: sha256Hex(bytes) });
  expect([undefined, text]).toContain(envelope?.text);
}

function resultOf(frames: readonly Frame[]): ResultBody {
  const last = frames.at(-1);
  if (last?.type !== 'result') throw new Error(`the last frame is no result: ${JSON.stringify(last)?.slice(0, 200)}`);
  return last;
}
