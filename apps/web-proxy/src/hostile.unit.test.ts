import { settle } from '@sympozium/process/testing';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HostileInputs } from './testing/hostile-inputs.js';
import { API_KEY, ProxyWorld } from './testing/proxy-world.js';

const INPUTS = 10_000;
const AT_ONCE = 20;
/** Stands for no answer at all: to no bytes, and to an upgrade whose body is broken, which Node closes without a word. */
const UNANSWERED = 0;

let world: ProxyWorld;

beforeEach(async () => {
  // Addresses are the input's own, so that wrong keys from one do not shut the door for the rest.
  const env = { BODY_LIMIT: '5000', TRUSTED_PROXIES: '127.0.0.1', REQUESTS_PER_MINUTE: '10000000', BURST: '10000000' };
  world = await ProxyWorld.start({ env });
});

afterEach(() => world.stop());

const port = () => Number(new URL(world.endpoint).port);

/** All that comes back for these bytes. */
async function exchange(bytes: Buffer): Promise<string> {
  const socket = connect({ port: port(), host: '127.0.0.1' });
  socket.on('error', () => {}); // refused in the middle of the input: what was answered counts
  socket.end(bytes);
  return (await buffer(received(socket))).toString('latin1');
}

/** What a socket receives, whether it closes or is reset. */
async function* received(socket: Socket): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* socket as AsyncIterable<Buffer>;
  } catch {
    // reset
  }
}

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly error?: unknown;
}

/** Every response of a connection: its status, and its error if it has one. */
function* responses(text: string): Generator<Answer, void, undefined> {
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
    rest = rest.slice(end);
    const isBodiless = status < 200 || !rest.startsWith('{');
    const body = isBodiless ? undefined : rest.slice(0, length);
    if (body !== undefined) rest = rest.slice(length);
    yield { status, head, ...(body !== undefined && status >= 400 && { error: JSON.parse(body) as unknown }) };
  }
}

/** What is wrong with an answer; undefined when nothing is. */
function fault({ status, head, error }: Answer, input: string): string | undefined {
  if (status === 100) return undefined;
  if (status < 200 || status >= 500) return `status ${status}`;
  if (!/^x-request-id: ./m.test(head)) return 'no x-request-id';
  if (error !== undefined) return isOpenAiError(error) ? undefined : 'another form of error';
  return status < 400 || input.includes('HEAD') ? undefined : 'no error in the body';
}

function isOpenAiError(body: unknown): boolean {
  const { message, type, param, code } = (body as { error?: Record<string, unknown> }).error ?? {};
  return [message, type, code, param ?? 'none'].every((text) => typeof text === 'string' && text !== '');
}

it(`answers ${INPUTS} hostile inputs with JSON errors, none of them a fault of its own, and is as before`, async () => {
  const hostile = new HostileInputs(9);
  const seen = new Map<number, number>();
  const faults: string[] = [];
  const inputs = Array.from({ length: INPUTS }, () => hostile.next());
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let bytes = inputs.pop(); bytes; bytes = inputs.pop()) {
      const input = bytes.toString('latin1');
      const answers = [...responses(await exchange(bytes))];
      if (answers.length === 0) seen.set(UNANSWERED, (seen.get(UNANSWERED) ?? 0) + 1);
      for (const answer of answers) {
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        const wrong = fault(answer, input);
        if (wrong !== undefined) faults.push(`${wrong}: ${JSON.stringify(input.slice(0, 2_000))}`);
      }
    }
  });
  await Promise.all(workers);
  expect(faults).toEqual([]);
  expect(seen.get(UNANSWERED)).toBeLessThan(50);
  for (const status of [200, 400, 401, 404, 405, 413, 415, 431])
    expect(seen.get(status), `${status}`).toBeGreaterThan(20);
  expect(world.runs.runs).toEqual([]);
  const inFlight = async () =>
    /^sympozium_http_requests_in_flight (\d+)$/m.exec(
      await (await fetch(`${world.metricsEndpoint}/metrics`)).text(),
    )?.[1];
  while ((await inFlight()) !== '0') await settle();
  expect((await world.fetch('/v1/models')).status).toBe(200);
}, 60_000);

it('forgets requests that waited behind another when their connection closes', async () => {
  await world.stop();
  world = await ProxyWorld.start({ env: { MAX_IN_FLIGHT: '3', MAX_CONCURRENT: '3' } });
  await world.instance('demo');
  const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hi' }] });
  const head = `host: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: application/json`;
  const post = `POST /v1/chat/completions HTTP/1.1\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const socket = connect({ port: port(), host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(post.repeat(3));
  const made = [await world.nextRun(), await world.nextRun(), await world.nextRun()];
  expect((await world.post(JSON.parse(body))).status).toBe(503);
  socket.destroy();
  await Promise.all(made.map((run) => world.cancelled(run)));
  const again = world.post(JSON.parse(body));
  await world.answerNext('x');
  expect((await again).status).toBe(200);
});

it('does not write a refusal into an answer that has begun', async () => {
  await world.instance('demo');
  const body = JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
  const head = `host: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: application/json`;
  const socket = connect({ port: port(), host: '127.0.0.1' });
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  const run = await world.nextRun();
  const agent = await world.agent(run);
  agent.say({ type: 'started' }, { type: 'delta', text: 'Hel' });
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.on('error', () => {});
  socket.write('GARBAGE\r\n\r\n');
  const rest = await buffer(received(socket));
  expect(first.toString()).toMatch(/^HTTP\/1\.1 200 /);
  expect(rest.toString()).not.toContain('HTTP/1.1');
  await world.cancelled(run);
  await agent.end();
});
