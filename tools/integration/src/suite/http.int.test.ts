import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ApiInterposer } from '../fixture/api-interposer.js';
import { ModelDouble, says } from '../fixture/model-double.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { API_KEY, Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const NARROW_KEY = 'sk-narrow-0123456789abcdefghijklmnop';

let system: Sympozium;
let model: ModelDouble;

beforeAll(async () => {
  model = await ModelDouble.start();
  const narrow = JSON.stringify({ key: NARROW_KEY, limits: { maxConcurrent: 1 } });
  system = await Sympozium.start(suiteCluster(), { name: 'http', keys: { narrow }, proxyEnv: { DRAIN_MS: '1500' } });
  await system.createInstance('writer', { model: { provider: 'openai', name: 'double', baseURL: model.baseURL } });
});

afterAll(async () => {
  await system?.stop();
  await model?.stop();
});

beforeEach(() => {
  model.calls.length = 0;
  model.answer(says('ok'));
});

interface Asking {
  readonly content?: string;
  readonly stream?: boolean;
  readonly key?: string;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

function post({ content = 'Hi', stream = false, key = API_KEY, idempotencyKey, signal }: Asking): Promise<Response> {
  return fetch(`${system.endpoint}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: JSON.stringify({ model: 'writer', stream, messages: [{ role: 'user', content }] }),
    ...(signal && { signal }),
  });
}

const ready = async ({ endpoint }: Sympozium): Promise<number> => (await fetch(`${endpoint}/readyz`)).status;

it('tells request id, run and times with an answer', async () => {
  const { status, headers } = await post({});
  expect(status).toBe(200);
  expect(headers.get('x-request-id')).toMatch(/^req_/);
  expect(headers.get('server-timing')).toMatch(/^queue;dur=\d+, start;dur=\d+, run;dur=\d+$/);
  const run = await system.finished(headers.get('x-sympozium-run') ?? '');
  expect(run.status).toMatchObject({ phase: 'Succeeded', result: { text: 'ok' } });
});

it('tells a client not to repeat what made a run by itself', async () => {
  model.answer((call) => call.refuse(500, 'the model is ill'));
  const { status, headers } = await post({});
  expect([status, headers.get('x-should-retry')]).toEqual([502, 'false']);
});

it('lets a key have so many requests under way, and then again', async () => {
  model.answer((call) => call.delta({ content: 'half' }));
  const first = post({ key: NARROW_KEY });
  const call = await model.call(0);
  const second = await post({ key: NARROW_KEY });
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await second.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'requests' } });
  call.finish();
  expect((await first).status).toBe(200);
  model.answer(says('ok'));
  expect((await post({ key: NARROW_KEY })).status).toBe(200);
});

it('joins, replays and guards a request with an Idempotency-Key, though its first caller has gone', async () => {
  const idempotencyKey = randomBytes(8).toString('hex');
  model.answer((call) => call.delta({ content: 'one ' }));
  const abort = new AbortController();
  const first = post({ idempotencyKey, signal: abort.signal }).catch((error: unknown) => error);
  const call = await model.call(0);
  abort.abort();
  await first;
  const joined = post({ idempotencyKey });
  call.delta({ content: 'answer' });
  call.finish();
  const answer = (await (await joined).json()) as { id: string };
  expect(answer).toMatchObject({ choices: [{ message: { content: 'one answer' } }] });
  const replayed = await post({ idempotencyKey, stream: true });
  expect(await replayed.text()).toMatch(new RegExp(`"id":"${answer.id}".*"one answer"[^]*\\[DONE\\]`));
  const conflict = await post({ idempotencyKey, content: 'something else' });
  expect([conflict.status, conflict.headers.get('x-should-retry')]).toEqual([409, 'false']);
  expect(await conflict.json()).toMatchObject({ error: { code: 'idempotency_conflict' } });
  model.answer(says('another’s'));
  const other = await post({ idempotencyKey, content: 'something else', key: NARROW_KEY });
  expect(await other.json()).toMatchObject({ choices: [{ message: { content: 'another’s' } }] });
  expect(model.calls).toHaveLength(2);
});

it('takes a new key and forgets the old one without a restart', async () => {
  const key = `sk-new-${randomBytes(16).toString('hex')}`;
  writeFileSync(join(system.keysFolder, 'narrow'), key);
  const status = async (secret: string) =>
    (await fetch(`${system.endpoint}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status;
  await until('the new key counts', async () => (await status(key)) === 200);
  expect(await status(NARROW_KEY)).toBe(401);
  expect(await status(API_KEY)).toBe(200);
});

it('is not ready while the API server cannot be reached', async () => {
  const away = await Sympozium.start(suiteCluster(), { name: 'http-away', operator: false, proxy: false });
  const api = await ApiInterposer.start(away.proxyAccount.kubeconfig);
  await away.startProxy(api.kubeconfig);
  expect(await ready(away)).toBe(200);
  await api.stop();
  await until('it is not ready', async () => (await ready(away)) === 503);
  const response = await fetch(`${away.endpoint}/readyz`);
  expect(await response.json()).toMatchObject({ missing: [expect.stringMatching(/API server/)] });
  expect((await fetch(`${away.endpoint}/healthz`)).status).toBe(200);
  await away.stop();
});

it('ends what it has begun after SIGTERM, takes more for a while, and is not ready meanwhile', async () => {
  model.answer((call) => call.delta({ content: 'before' }));
  const response = await post({ stream: true });
  const call = await model.call(0);
  const stopped = system.proxy.stop();
  await until('it is not ready', async () => (await ready(system)) === 503);
  model.answer(says('late'));
  expect(await (await post({})).json()).toMatchObject({ choices: [{ message: { content: 'late' } }] });
  await until('it takes no more', () =>
    ready(system).then(
      () => false,
      () => true,
    ),
  );
  call.delta({ content: ' and after' });
  call.finish();
  expect(await response.text()).toMatch(/"before"[^]*" and after"[^]*\[DONE\]/);
  expect(await stopped).toBe(0);
});
