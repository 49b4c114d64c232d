import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawSession } from './testing/mcp-session.js';
import { ProxyWorld } from './testing/proxy-world.js';

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

let world: ProxyWorld;

beforeAll(async () => {
  world = await ProxyWorld.start();
});

afterAll(() => world.stop());

it.each([
  ['2024-11-05', '2024-11-05'],
  ['2025-06-18', '2025-06-18'],
  ['2099-01-01', LATEST_PROTOCOL_VERSION],
])('with a client that speaks %s speaks %s, however often it is begun', async (asked, spoken) => {
  const session = await RawSession.open(world);
  const params = { protocolVersion: asked, capabilities: {}, clientInfo: { name: 'x', version: '1' } };
  for (const id of [1, 2]) await session.post({ jsonrpc: '2.0', id, method: 'initialize', params });
  const answers = (await session.until(/"id":2/)).match(/"protocolVersion":"[^"]*"/g);
  expect(answers).toEqual(Array(2).fill(`"protocolVersion":"${spoken}"`));
  await session.close();
});

it('takes one message at a time, and answers notifications with nothing', async () => {
  const session = await RawSession.open(world);
  const statuses = [];
  for (const body of [
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', method: 'notifications/unheard_of' },
    [PING, { ...PING, id: 2 }],
    'ping',
    { ...PING, id: 3 },
  ])
    statuses.push((await session.post(body)).status);
  expect(statuses).toEqual([202, 202, 400, 400, 202]);
  const stream = await session.until(/"id":3/);
  expect(stream.match(/^event: message\ndata: .*$/gm)).toHaveLength(1);
  expect(stream).toMatch(/\{"result":\{\},"jsonrpc":"2\.0","id":3\}/);
  await session.close();
});

it.each([
  ['GET', '/message', 405, 'method_not_allowed'],
  ['HEAD', '/sse', 405, undefined],
  ['POST', '/sse', 405, 'method_not_allowed'],
])('answers %s %s with %d', async (method, path, status, code) => {
  const response = await world.fetch(path, { method });
  expect(response.status).toBe(status);
  if (code !== undefined) expect(await response.json()).toMatchObject({ error: { code } });
});
