import { AGENT_RUN, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { FakeClock, settle } from '@sympozium/process/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { SECRET } from './keys/key-secret.js';
import { API_KEY, ProxyWorld, type ProxyWorldOptions } from './testing/proxy-world.js';
import { secretOf } from './testing/secrets.js';

const NEW_KEY = 'sk-new-0123456789abcdefghijklmnopq';
const ALICE_KEY = 'sk-alice-0123456789abcdefghijklmno';
const SECRET_NAME = 'demo-server-api-key';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const ask = { model: 'demo', messages: [{ role: 'user' as const, content: 'Hi' }] };

let world: ProxyWorld | undefined;

afterEach(() => world?.stop());

/** The proxy as the sidecar of the instance `demo`: its keys in a Secret, and in a folder that nobody refreshes. */
async function serverOf(options: ProxyWorldOptions = {}): Promise<ProxyWorld> {
  world = await ProxyWorld.start({
    ...options,
    env: { SYMPOZIUM_INSTANCE: 'demo', SYMPOZIUM_KEYS_SECRET: SECRET_NAME, ...options.env },
    prepare: ({ client }) => void client.server.put(SECRET, secretOf(SECRET_NAME, { 'api-key': API_KEY })),
  });
  await world.instance('demo');
  return world;
}

const statusOf = async (of: ProxyWorld, key: string) => (await of.fetch('/v1/models', { headers: bearer(key) })).status;
const models = async (of: ProxyWorld, key = API_KEY): Promise<string[]> => {
  const response = await of.fetch('/v1/models', { headers: bearer(key) });
  return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
};

describe('the proxy of one instance', () => {
  it('offers no other instance, and follows no other’s runs', async () => {
    const proxy = await serverOf();
    proxy.runs.instance('other');
    expect(await models(proxy)).toEqual(['demo']);
    const refused = await proxy.post({ ...ask, model: 'other' });
    expect([refused.status, await refused.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
    const { calls } = proxy.runs.client;
    const selectors = ({ kind }: { kind: string }) =>
      calls
        .filter((call) => call.kind?.kind === kind && ['list', 'watch'].includes(call.verb))
        .map(({ options }) => options['labelSelector'] ?? options['fieldSelector']);
    expect(new Set(selectors(SYMPOZIUM_INSTANCE))).toEqual(new Set(['metadata.name=demo']));
    expect(new Set(selectors(AGENT_RUN))).toEqual(new Set(['sympozium.ai/instance=demo']));
  });

  it('is answered by its runs’ status, which it follows by their label', async () => {
    const proxy = await serverOf();
    const asking = proxy.post(ask);
    proxy.runs.succeed(await proxy.nextRun(), { text: 'stored' });
    expect(await (await asking).json()).toMatchObject({ choices: [{ message: { content: 'stored' } }] });
  });

  it('keeps Idempotency-Keys apart from those of another instance’s proxy, whose keys have the same names', async () => {
    const proxy = await serverOf();
    const headers = { 'idempotency-key': 'once' };
    const other = await ProxyWorld.start({ env: { SYMPOZIUM_INSTANCE: 'other' }, beside: proxy });
    try {
      await other.instance('other');
      const both = [proxy.post(ask, { headers }), other.post({ ...ask, model: 'other' }, { headers })];
      for (let answered = 0; answered < both.length; answered += 1)
        proxy.runs.succeed(await proxy.nextRun(), { text: 'x' });
      expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
      expect(proxy.runs.runs).toHaveLength(2);
    } finally {
      await other.stop();
    }
  });
});

describe('without the Secret of its keys', () => {
  it('is not ready, refuses everybody, and is there as soon as the Secret is', async () => {
    const env = { SYMPOZIUM_INSTANCE: 'demo', SYMPOZIUM_KEYS_SECRET: SECRET_NAME };
    const proxy = (world = await ProxyWorld.start({ env }));
    const ready = () => fetch(`${proxy.metricsEndpoint}/readyz`);
    const missing = await ready();
    expect([missing.status, await missing.json()]).toEqual([
      503,
      { status: 'not ready', missing: ['no API key is loaded'] },
    ]);
    expect(await statusOf(proxy, API_KEY)).toBe(401);
    proxy.putKeys(SECRET_NAME, { 'api-key': API_KEY });
    while ((await ready()).status !== 200) await settle();
    expect(await statusOf(proxy, API_KEY)).toBe(200);
  });
});

describe('a key’s rotation', () => {
  it('takes effect without a restart, drops no stream, and leaves the old key until it expires', async () => {
    const clock = new FakeClock();
    const proxy = await serverOf({ clock });
    const asking = proxy.post({ ...ask, stream: true });
    const run = await proxy.nextRun();
    proxy.runs.start(run);
    const agent = await proxy.agent(run, { expires: Math.floor(clock.now() / 1000) + 3_600 });
    agent.say({ type: 'started' }, { type: 'delta', text: 'Hel' });
    const response = await asking;

    const expires = new Date(clock.now() + 20_000).toISOString();
    proxy.putKeys(SECRET_NAME, {
      'api-key': NEW_KEY,
      'api-key-previous': JSON.stringify({ key: API_KEY, expires }),
    });
    await settle();
    expect([await statusOf(proxy, API_KEY), await statusOf(proxy, NEW_KEY)]).toEqual([200, 200]);
    await clock.advance(20_000);
    expect([await statusOf(proxy, API_KEY), await statusOf(proxy, NEW_KEY)]).toEqual([401, 200]);

    agent.say({ type: 'delta', text: 'lo' }, { type: 'result', status: 'ok', text: 'Hello', finishReason: 'stop' });
    expect(await response.text()).toMatch(/"lo"[^]*\[DONE\]/);
  });

  it('leaves the runs of the old key in reach of the new one', async () => {
    const proxy = await serverOf();
    const headers = { 'idempotency-key': 'once' };
    const first = proxy.post(ask, { headers });
    const run = await proxy.nextRun();
    proxy.putKeys(SECRET_NAME, { 'api-key': NEW_KEY });
    while ((await statusOf(proxy, NEW_KEY)) !== 200) await settle();
    const second = proxy.post(ask, { headers: { ...headers, ...bearer(NEW_KEY) } });
    await settle();
    proxy.runs.succeed(run, { text: 'x' });
    const ids = await Promise.all([first, second].map(async (each) => (await each).headers.get('x-sympozium-run')));
    expect(ids).toEqual([run.metadata.name, run.metadata.name]);
  });
});

describe('what the instance says of its endpoint', () => {
  it('holds for whom `keys` names, as it stands now', async () => {
    const proxy = await serverOf();
    proxy.putKeys(SECRET_NAME, { 'api-key': API_KEY, alice: ALICE_KEY });
    while ((await statusOf(proxy, ALICE_KEY)) !== 200) await settle();
    await proxy.instance('demo', { endpoint: { keys: ['api-key'] } });
    while ((await models(proxy, ALICE_KEY)).length > 0) await settle();
    expect(await models(proxy)).toEqual(['demo']);
    const hidden = await proxy.post(ask, { headers: bearer(ALICE_KEY) });
    const unknown = await proxy.post({ ...ask, model: 'nobody' }, { headers: bearer(ALICE_KEY) });
    const told = async (response: Response) => JSON.stringify(await response.json()).replace('demo', 'nobody');
    expect([hidden.status, unknown.status]).toEqual([404, 404]);
    expect(await told(hidden)).toBe(await told(unknown));
    expect((await proxy.fetch('/v1/models/demo', { headers: bearer(ALICE_KEY) })).status).toBe(404);
    await proxy.instance('demo', { endpoint: {} });
    while ((await models(proxy, ALICE_KEY)).length === 0) await settle();
  });

  it('limits each key by itself, follows edits, and gives way to what the key says', async () => {
    const proxy = await serverOf({ clock: new FakeClock() });
    const broad = { key: `${ALICE_KEY}-broad`, limits: { requestsPerMinute: 7 } };
    proxy.putKeys(SECRET_NAME, { 'api-key': API_KEY, alice: ALICE_KEY, broad: JSON.stringify(broad) });
    await settle();
    /** Status, and the burst that the answer tells. */
    const limited = async (key: string) => {
      const asking = proxy.post({ ...ask, model: 'demo', max_tokens: 1 }, { headers: bearer(key) });
      const over = asking.then(() => true);
      while (!(await Promise.race([over, settle().then(() => false)])))
        for (const run of proxy.runs.runs) if (run.status.phase === 'Pending') proxy.runs.succeed(run, { text: 'x' });
      const { status, headers } = await asking;
      return [status, headers.get('x-ratelimit-limit-requests')];
    };
    const edit = async (requestsPerMinute: number) => {
      proxy.runs.instance('demo', { endpoint: { rateLimit: { requestsPerMinute } } });
      await settle();
    };
    await edit(1);
    expect([await limited(API_KEY), await limited(API_KEY)]).toEqual([
      [200, '1'],
      [429, '1'],
    ]);
    expect([await limited(ALICE_KEY), await limited(ALICE_KEY)]).toEqual([
      [200, '1'],
      [429, '1'],
    ]);
    expect(await limited(broad.key)).toEqual([200, '7']);
    await edit(2);
    expect(await limited(API_KEY)).toEqual([200, '2']);
  });
});
