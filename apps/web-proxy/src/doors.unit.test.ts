import { settle } from '@sympozium/process/testing';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, ProxyWorld } from './testing/proxy-world.js';

const OTHER_KEY = 'sk-other-0123456789abcdefghijklmno';
const NARROW_KEY = 'sk-narrow-0123456789abcdefghijklmn';
const EXPIRED_KEY = 'sk-expired-0123456789abcdefghijklm';
const ask = { model: 'demo', messages: [{ role: 'user' as const, content: 'Hi' }] };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('the doors', () => {
  let world: ProxyWorld;

  beforeAll(async () => {
    world = await ProxyWorld.start({
      env: { BODY_LIMIT: '10000' },
      keys: {
        other: JSON.stringify({ key: OTHER_KEY, instances: ['other'] }),
        narrow: JSON.stringify({ key: NARROW_KEY, limits: { requestsPerMinute: 1, burst: 3, maxConcurrent: 1 } }),
        expired: JSON.stringify({ key: EXPIRED_KEY, expires: '2026-01-01T00:00:00Z' }),
        short: 'sk-short',
        '..data': 'sk-hidden-0123456789abcdefghijklmn',
      },
    });
    await world.instance('demo');
    await world.instance('other');
  });

  afterAll(() => world.stop());

  const error = async (response: Response) => {
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('x-request-id')).toBeTruthy();
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
    return { status: response.status, ...error };
  };

  it.each([
    ['none', {}],
    ['a wrong one', bearer('sk-wrong-0123456789abcdefghijklmn')],
    ['one that is too short', bearer('sk-short')],
    ['one of a hidden file', bearer('sk-hidden-0123456789abcdefghijklmn')],
    ['an expired one', bearer(EXPIRED_KEY)],
    ['another scheme', { authorization: `Basic ${API_KEY}` }],
  ])('want a key and get %s: 401', async (_, headers) => {
    const response = await fetch(`${world.endpoint}/v1/models`, { headers: headers as Record<string, string> });
    expect(await error(response)).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      type: 'invalid_request_error',
    });
  });

  it('show the official client its own error classes', async () => {
    const openai = new OpenAI({ baseURL: `${world.endpoint}/v1`, apiKey: 'sk-wrong-0123456789abcdefghijklmn' });
    await expect(openai.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('list the models that the key may call, and no others', async () => {
    const models = async (key: string) => {
      const { data } = await new OpenAI({ baseURL: `${world.endpoint}/v1`, apiKey: key }).models.list();
      return data.map(({ id, object, owned_by: owner }) => `${id} ${object} ${owner}`);
    };
    expect(await models(API_KEY)).toEqual(['demo model sympozium', 'other model sympozium']);
    expect(await models(OTHER_KEY)).toEqual(['other model sympozium']);
  });

  it.each(['/v1/models/demo', '/v1/models/nobody'])('hide %s from a key that may not call it', async (path) => {
    const response = await world.fetch(path, { headers: bearer(OTHER_KEY) });
    expect(await error(response)).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  });

  it('refuse a run of an instance that the key may not call, and make none', async () => {
    const response = await world.post(ask, { headers: bearer(OTHER_KEY) });
    expect(await error(response)).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(world.runs.runs).toEqual([]);
  });

  it.each([
    { what: 'no JSON', body: '{"model":', status: 400, code: 'invalid_request' },
    { what: 'an empty body', body: '', status: 400, code: 'invalid_request' },
    { what: 'a poisoned prototype', body: '{"__proto__": {"x": 1}}', status: 400, code: 'invalid_request' },
    { what: 'a list', body: '[]', status: 400, code: 'invalid_request' },
    { what: 'plain text', body: 'hello', type: 'text/plain', status: 415, code: 'unsupported_media_type' },
    { what: 'too much', body: `"${'x'.repeat(20_000)}"`, status: 413, code: 'request_too_large' },
  ])('answer $what with $status in the error form', async ({ body, type = 'application/json', status, code }) => {
    const headers = { 'content-type': type };
    const response = await world.fetch('/v1/chat/completions', { method: 'POST', body, headers });
    expect(await error(response)).toMatchObject({ status, code });
  });

  it.each([
    ['GET', '/v1/chat/completions', 405, 'method_not_allowed'],
    ['POST', '/v1/models/demo', 405, 'method_not_allowed'],
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/', 404, 'not_found'],
    ['GET', '/v1/models/%zz', 400, 'invalid_request'],
  ])('answer %s %s with %d', async (method, path, status, code) => {
    expect(await error(await world.fetch(path, { method }))).toMatchObject({ status, code });
  });

  it('name the field that is wrong', async () => {
    const response = await world.post({ ...ask, temperature: 'hot' });
    expect(await error(response)).toMatchObject({ status: 400, param: 'temperature', type: 'invalid_request_error' });
  });

  it.each([
    ['GARBAGE\r\n\r\n', 400, 'invalid_request'],
    [`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('answer bytes that are no request (%#)', async (bytes, status, code) => {
    const socket = connect(Number(new URL(world.endpoint).port), '127.0.0.1');
    socket.write(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*x-request-id: req_`));
    expect(JSON.parse(body)).toMatchObject({ error: { code } });
  });

  it('take over the caller’s request id', async () => {
    const response = await world.fetch('/v1/models', { headers: { 'x-request-id': 'mine' } });
    expect(response.headers.get('x-request-id')).toBe('mine');
  });

  it('let so many through at once and a minute, and say when to come again', async () => {
    const post = () => world.post(ask, { headers: bearer(NARROW_KEY) });
    const first = post();
    const run = await world.nextRun();
    const second = await post();
    expect(await error(second)).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'requests' });
    expect(second.headers.get('retry-after')).toBe('1');
    world.runs.succeed(run, { text: 'x' });
    const { headers } = await first;
    expect(headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('2');
    const third = post();
    await world.answerNext('x');
    expect((await third).status).toBe(200);
    const fourth = await post();
    expect(fourth.status).toBe(429);
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('refuse an address that keeps sending wrong keys, before its key is looked at', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 80; i += 1)
      statuses.add((await world.fetch('/v1/models', { headers: bearer(`sk-${i}`) })).status);
    expect([...statuses]).toEqual([401, 429]);
  });
});

describe('limits and keys of a proxy of its own', () => {
  let world: ProxyWorld | undefined;

  afterEach(() => world?.stop());

  it('takes an instance’s limits, each with a bucket of its own', async () => {
    world = await ProxyWorld.start();
    await world.instance('narrow', { endpoint: { rateLimit: { requestsPerMinute: 1 } } });
    await world.instance('wide');
    const narrow = world.post({ ...ask, model: 'narrow' });
    await world.answerNext('x');
    expect((await narrow).status).toBe(200);
    expect((await world.post({ ...ask, model: 'narrow' })).status).toBe(429);
    const wide = world.post({ ...ask, model: 'wide' });
    await world.answerNext('x');
    expect((await wide).status).toBe(200);
  });

  it('is full: 503 with Retry-After', async () => {
    world = await ProxyWorld.start({ env: { MAX_IN_FLIGHT: '1' } });
    await world.instance('demo');
    const first = world.post(ask);
    const run = await world.nextRun();
    const second = await world.post(ask);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    world.runs.succeed(run, { text: 'x' });
    expect((await first).status).toBe(200);
  });

  it('takes new keys and forgets old ones without a restart', async () => {
    world = await ProxyWorld.start();
    const status = async (key: string) => (await world?.fetch('/v1/models', { headers: bearer(key) }))?.status;
    expect(await status(OTHER_KEY)).toBe(401);
    writeFileSync(join(world.keysFolder, 'api-key'), OTHER_KEY);
    while ((await status(OTHER_KEY)) !== 200) await settle();
    expect(await status(API_KEY)).toBe(401);
  });

  it('is ready with keys, caches and an API server, and says what is missing', async () => {
    world = await ProxyWorld.start();
    for (const endpoint of [world.endpoint, world.metricsEndpoint]) {
      expect((await fetch(`${endpoint}/healthz`)).status).toBe(200);
      expect((await fetch(`${endpoint}/readyz`)).status).toBe(200);
    }
    const metrics = await (await fetch(`${world.metricsEndpoint}/metrics`)).text();
    expect(metrics).toContain('sympozium_http_requests_total{method="GET",route="/readyz",status="200"} 1');
    expect((await fetch(`${world.endpoint}/metrics`)).status).toBe(404);
  });
});

describe('the run stream', () => {
  let world: ProxyWorld;

  beforeAll(async () => {
    world = await ProxyWorld.start();
    await world.instance('demo');
  });

  afterAll(() => world.stop());

  const YEAR_2020 = 1_577_836_800;

  it.each([
    ['for another run', { audience: 'sympozium-run/another' }],
    ['of another issuer', { issuer: 'https://elsewhere' }],
    ['of another namespace', { subject: 'system:serviceaccount:kube-system:default' }],
    ['that has expired', { expires: YEAR_2020 }],
  ])('refuses a token %s', async (_, claims) => {
    const asking = world.post(ask);
    const run = await world.nextRun();
    const agent = await world.agent(run, claims);
    agent.answer('not mine to say');
    expect(await agent.end()).toBe(401);
    world.runs.succeed(run, { text: 'stored' });
    expect(await (await asking).json()).toMatchObject({ choices: [{ message: { content: 'stored' } }] });
  });

  it('reads the cluster’s keys once for many streams, and again when there is a new one', async () => {
    const answered = async () => {
      const asking = world.post(ask);
      await world.answerNext('x');
      return (await asking).status;
    };
    await answered();
    const { reads } = world.signer;
    await answered();
    expect(world.signer.reads).toBe(reads);
  });

  it('knows no run that nobody waits for', async () => {
    const asking = world.post(ask);
    const run = await world.answerNext('x');
    await asking;
    const agent = await world.agent(run);
    expect(await agent.end()).toBe(404);
  });
});
