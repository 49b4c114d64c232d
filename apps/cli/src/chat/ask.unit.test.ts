import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from './ask.js';

const QUESTION = [{ role: 'user', content: 'hi' }] as const;
const NEVER = new AbortController().signal;

async function endpoint(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function pieces(origin: string, signal = NEVER): Promise<string[]> {
  const found: string[] = [];
  const call = { origin, apiKey: 'sk-secret', model: 'demo' };
  for await (const piece of ask(call, QUESTION, signal)) found.push(piece);
  return found;
}

const event = (data: object | string): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const delta = (content: string) => event({ choices: [{ delta: { content } }] });

describe('ask', () => {
  it('sends the whole conversation with the key, and gives the answer piece by piece', async () => {
    let asked: unknown;
    let authorization: string | undefined;
    const origin = await endpoint(async (request, response) => {
      ({ authorization } = request.headers);
      asked = await json(request);
      response.end(
        `${event({ choices: [{ delta: { role: 'assistant' } }] })}: wait\n\n${delta('He')}${delta('y')}${event('[DONE]')}`,
      );
    });
    expect(await pieces(origin)).toEqual(['He', 'y']);
    expect(authorization).toBe('Bearer sk-secret');
    expect(asked).toEqual({ model: 'demo', stream: true, messages: QUESTION });
  });

  it.each([
    [
      429,
      '{"error":{"message":"Too many requests.","code":"rate_limit_exceeded"}}',
      'rate_limit_exceeded',
      'Too many requests.',
    ],
    [502, '{"error":{"message":"It failed.","code":"of another version"}}', 'run_failed', 'It failed.'],
    [503, 'no healthy upstream', 'ENDPOINT_UNREACHABLE', 'the endpoint answered 503: no healthy upstream'],
  ])('throws what the endpoint says with %i', async (status, body, code, message) => {
    const origin = await endpoint((_, response) => response.writeHead(status).end(body));
    await expect(pieces(origin)).rejects.toMatchObject({ code, message });
  });

  it('throws the error of a stream that had begun', async () => {
    const error = event({ error: { message: 'The run failed.', code: 'run_failed' } });
    const origin = await endpoint((_, response) => response.end(`${delta('He')}${error}`));
    await expect(pieces(origin)).rejects.toMatchObject({ code: 'run_failed', message: 'The run failed.' });
  });

  it.each([
    ['ended', (response: ServerResponse) => response.end(delta('He'))],
    ['was cut', (response: ServerResponse) => response.write(delta('He'), () => response.destroy())],
  ])('takes no answer for whole that %s', async (_how, end) => {
    const origin = await endpoint((_, response) => end(response));
    await expect(pieces(origin)).rejects.toMatchObject({ message: expect.stringContaining('the answer broke off') });
  });

  it('says in a sentence that nobody answers', async () => {
    await expect(pieces('http://127.0.0.1:1')).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\)\.$/),
    });
  });

  it('ends when it is cancelled, and the endpoint learns it', async () => {
    const cancel = new AbortController();
    let closed: Promise<unknown> | undefined;
    const origin = await endpoint((_, response) => {
      closed = once(response, 'close');
      response.write(delta('He'), () => cancel.abort());
    });
    await expect(pieces(origin, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await closed;
  });
});
