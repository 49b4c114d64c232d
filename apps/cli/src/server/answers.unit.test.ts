import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { answers } from './answers.js';

const PATIENCE_MS = 60_000;

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function serve(listener: RequestListener): Promise<{ origin: string; apiKey: string }> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'sk-1' };
}

it('is so where the server takes the key', async () => {
  const call = await serve(({ url, headers }, response) => {
    response.writeHead(url === '/v1/models' && headers.authorization === 'Bearer sk-1' ? 200 : 401).end('{}');
  });
  const { signal } = new AbortController();
  expect(await answers(call, signal, PATIENCE_MS)).toBe(true);
  expect(await answers({ ...call, apiKey: 'sk-2' }, signal, PATIENCE_MS)).toBe(false);
});

it('is not so where connections are cut, at once or after the question', async () => {
  const call = await serve((_, response) => response.destroy());
  const { signal } = new AbortController();
  expect(await answers(call, signal, PATIENCE_MS)).toBe(false);
  server?.on('connection', (socket) => socket.resetAndDestroy());
  expect(await answers(call, signal, PATIENCE_MS)).toBe(false);
  server?.close();
  expect(await answers(call, signal, PATIENCE_MS)).toBe(false);
});

it('is not so where no answer comes in time, and ends when it is told to', async () => {
  const call = await serve(() => {});
  expect(await answers(call, new AbortController().signal, 1)).toBe(false);
  const given = new AbortController();
  const asked = answers(call, given.signal, PATIENCE_MS);
  given.abort(new Error('given up'));
  await expect(asked).rejects.toThrow('given up');
});
