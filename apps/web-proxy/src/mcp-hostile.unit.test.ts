import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RawSession } from './testing/mcp-session.js';
import { ProxyWorld } from './testing/proxy-world.js';

const BODIES = 1_000;
const AT_ONCE = 20;

let world: ProxyWorld;

beforeEach(async () => {
  world = await ProxyWorld.start({ env: { BODY_LIMIT: '5000' } });
});

afterEach(() => world.stop());

const any = fc.jsonValue({ maxDepth: 2 });
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: any });

const METHODS = [
  ...['initialize', 'ping', 'tools/list', 'tools/call', 'tools/call', 'tasks/get', 'resources/read', 'toString', ''],
  ...['notifications/initialized', 'notifications/cancelled', 'notifications/progress', 'notifications/nothing'],
];
const id = fc.oneof(fc.nat(9), fc.string({ maxLength: 9 }));
const params = fc.record(
  {
    name: mostly(fc.constantFrom('ask_nobody', 'ask_', 'ask___proto__', '')),
    arguments: mostly(fc.record({ task: any, context: any, __proto__: any }, { requiredKeys: [] })),
    cursor: any,
    task: any,
    requestId: mostly(id),
    progress: any,
    protocolVersion: mostly(fc.constantFrom('2024-11-05', '2025-11-25', '1')),
    capabilities: mostly(fc.constant({})),
    clientInfo: mostly(fc.constant({ name: 'x', version: '1' })),
    _meta: mostly(fc.record({ progressToken: mostly(id) }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
);
/** A message whose fields are mostly right. */
const message = fc.record(
  {
    jsonrpc: mostly(fc.constant('2.0')),
    id: mostly(id),
    method: mostly(fc.constantFrom(...METHODS)),
    params: mostly(params),
  },
  { requiredKeys: ['jsonrpc', 'method'] },
);
const answer = fc.record(
  { jsonrpc: fc.constant('2.0'), id: mostly(id), result: any, error: any },
  { requiredKeys: ['id'] },
);
const broken = fc.constantFrom('', '{', '{"__proto__":{"x":1}}', '['.repeat(2_000), `"${'x'.repeat(6_000)}"`, '\u0000');
const json = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map((value) => JSON.stringify(value));
const body = fc.oneof(
  { weight: 7, arbitrary: json(message) },
  { weight: 1, arbitrary: json(answer) },
  { weight: 1, arbitrary: json(fc.oneof(any, fc.array(message, { maxLength: 3 }))) },
  { weight: 1, arbitrary: broken },
);

it(`takes or refuses ${BODIES} hostile bodies, none of them a fault of its own, and is as before`, async () => {
  const session = await RawSession.open(world);
  const reading = session.until(/"id":"the last"\}\n\n/);
  const bodies = fc.sample(body, { numRuns: BODIES, seed: 9 });
  const seen = new Map<number, number>();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let text = bodies.pop(); text !== undefined; text = bodies.pop()) {
      const response = await session.post(text);
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
      if (response.status !== 202) expect(Object.keys((await response.json()) as object)).toEqual(['error']);
    }
  });
  await Promise.all(workers);
  expect([...seen.keys()].sort()).toEqual([202, 400, 413]);
  expect(seen.get(202)).toBeGreaterThan(BODIES / 3);
  await session.post({ jsonrpc: '2.0', id: 'the last', method: 'tools/list' });
  const stream = await reading;
  expect(stream).toMatch(/"tools":\[\]\},"jsonrpc":"2.0","id":"the last"/);
  for (const [, data = ''] of stream.matchAll(/^event: message\ndata: (.*)$/gm))
    expect(JSON.parse(data)).toMatchObject({ jsonrpc: '2.0' });
  expect(world.runs.runs).toEqual([]);
  await session.close();
}, 60_000);
