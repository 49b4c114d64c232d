import type { SympoziumInstance } from '@sympozium/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProxyWorld } from './testing/proxy-world.js';

const APP = 'https://app.example';
const OTHER = 'https://other.example';
const STRANGER = 'https://stranger.example';
const messages = [{ role: 'user' as const, content: 'Hi' }];

const allowing = (...origins: string[]): Partial<SympoziumInstance['spec']> => ({ endpoint: { cors: { origins } } });

const preflight = (of: ProxyWorld, origin: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${of.endpoint}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', ...headers },
  });

const allowedOrigin = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('CORS', () => {
  let world: ProxyWorld;

  beforeAll(async () => {
    world = await ProxyWorld.start();
    await world.instance('mine', allowing(APP));
    await world.instance('yours', allowing(OTHER));
    await world.instance('shut');
  });

  afterAll(() => world.stop());

  const ask = async (origin: string, model: string) => {
    const asking = world.post({ model, messages }, { headers: { origin } });
    await world.answerNext('x');
    return asking;
  };

  it('answers a preflight without a key, for origins that any instance names', async () => {
    for (const origin of [APP, OTHER]) {
      const response = await preflight(world, origin);
      expect([response.status, allowedOrigin(response), await response.text()]).toEqual([204, origin, '']);
      const { headers } = response;
      expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type, idempotency-key');
      expect(headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(headers.get('vary')).toBe('origin');
      expect(headers.get('access-control-max-age')).toBe('600');
    }
  });

  it('lets pages send what the official client sends besides', async () => {
    const wanted = 'authorization, content-type, x-stainless-retry-count, x-stainless-runtime';
    const { headers } = await preflight(world, APP, { 'access-control-request-headers': wanted });
    expect(headers.get('access-control-allow-headers')).toBe(wanted);
  });

  it('tells other pages nothing', async () => {
    const refused = await preflight(world, STRANGER);
    expect([refused.status, allowedOrigin(refused)]).toEqual([405, null]);
    expect(allowedOrigin(await world.fetch('/v1/models', { headers: { origin: STRANGER } }))).toBeNull();
  });

  it.each([
    ['the instance’s own', APP, 'mine', APP],
    ['another instance’s', OTHER, 'mine', null],
    ['any other, of an instance that names none', APP, 'shut', null],
  ])('judges a request by the instance that it names: %s', async (_, origin, model, allowed) => {
    const response = await ask(origin, model);
    expect([response.status, allowedOrigin(response)]).toEqual([200, allowed]);
    expect(response.headers.has('access-control-expose-headers')).toBe(allowed !== null);
  });

  it('shows ids, limits and times to the page, in streams too', async () => {
    const asking = world.post({ model: 'mine', messages, stream: true }, { headers: { origin: APP } });
    await world.answerNext('x');
    const response = await asking;
    await response.text();
    expect(allowedOrigin(response)).toBe(APP);
    const exposed = response.headers.get('access-control-expose-headers')?.split(', ') ?? [];
    for (const name of ['x-request-id', 'retry-after', 'x-ratelimit-remaining-requests', 'x-should-retry'])
      expect(exposed).toContain(name);
  });

  it.each([
    ['a wrong key', '/v1/models', { authorization: 'Bearer sk-wrong-0123456789abcdefghijklmn' }, 401],
    ['no such route', '/v1/nothing', {}, 404],
  ])('lets the page read its errors: %s', async (_, path, headers, status) => {
    const response = await world.fetch(path, { headers: { ...headers, origin: APP } });
    expect([response.status, allowedOrigin(response)]).toEqual([status, APP]);
  });

  it('lets the page read that there is no such model, whether it is hidden or not', async () => {
    const response = await world.post({ model: 'nobody', messages }, { headers: { origin: APP } });
    expect([response.status, allowedOrigin(response)]).toEqual([404, APP]);
  });

  it('says nothing to callers that are no pages', async () => {
    const { headers } = await world.fetch('/v1/models');
    expect([...headers.keys()].filter((name) => name === 'vary' || name.startsWith('access-control'))).toEqual([]);
  });

  it('does not take OPTIONS that is no preflight', async () => {
    const response = await world.fetch('/v1/models', { method: 'OPTIONS', headers: { origin: APP } });
    expect([response.status, allowedOrigin(response)]).toEqual([405, APP]);
  });
});

describe('CORS of a proxy of its own', () => {
  it('is off until an instance names origins, and off again when it does no more', async () => {
    const world = await ProxyWorld.start();
    try {
      await world.instance('demo');
      const status = async () => (await preflight(world, APP)).status;
      expect(await status()).toBe(405);
      world.runs.instance('demo', allowing('*'));
      while ((await status()) !== 204);
      world.runs.instance('demo');
      while ((await status()) !== 405);
    } finally {
      await world.stop();
    }
  });
});
