import { FakeClock, settle } from '@sympozium/process/testing';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { API_KEY, ProxyWorld, type ProxyWorldOptions } from './testing/proxy-world.js';

const ask = { model: 'demo', messages: [{ role: 'user' as const, content: 'Hi' }] };

const worlds: ProxyWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

async function start(options: ProxyWorldOptions = {}): Promise<ProxyWorld> {
  const world = await ProxyWorld.start(options);
  worlds.push(world);
  await world.instance('demo');
  return world;
}

/** Asks for its stop, as SIGTERM does. */
function stop(world: ProxyWorld): Promise<void> {
  worlds.splice(worlds.indexOf(world), 1);
  return world.stop();
}

/** An answer that has begun. */
async function openStream(world: ProxyWorld) {
  const asking = world.post({ ...ask, stream: true });
  const run = await world.nextRun();
  const agent = await world.agent(run);
  agent.say({ type: 'started' }, { type: 'delta', text: 'Hel' });
  return { run, agent, response: await asking };
}

const isUp = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/healthz`).then(
    () => true,
    () => false,
  );

const readyStatus = async (endpoint: string) => (await fetch(`${endpoint}/readyz`)).status;

/** `GET /v1/models` as a client with a pool of connections asks it. */
async function getModels({ endpoint }: ProxyWorld, agent: Agent): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const [response] = (await once(get(`${endpoint}/v1/models`, { agent, headers }), 'response')) as [IncomingMessage];
  await once(response.resume(), 'close');
  return response;
}

describe('a proxy that is to stop', () => {
  it('finishes the answers under way, then ends', async () => {
    const world = await start({ env: { GRACE_MS: '60000' } });
    const { agent, response } = await openStream(world);
    const { endpoint } = world;
    const stopping = stop(world);
    while (await isUp(endpoint)) await settle();
    agent.say({ type: 'delta', text: 'lo' }, { type: 'result', status: 'ok', text: 'Hello', finishReason: 'stop' });
    expect(await response.text()).toMatch(/"lo"[^]*\[DONE\]/);
    await stopping;
  });

  it('ends what outlasts the grace with an error event, and cancels its run', async () => {
    const world = await start();
    const { run, response } = await openStream(world);
    await stop(world);
    expect(await response.text()).toMatch(/"error":.*"overloaded"/);
    expect(world.runs.run(run.metadata.name)?.spec.cancel).toBe(true);
  });

  it('is not ready from the first moment on, on both ports, and says why', async () => {
    const clock = new FakeClock();
    const world = await start({ clock, env: { DRAIN_MS: '5000', GRACE_MS: '60000' } });
    const { endpoint, metricsEndpoint } = world;
    expect([await readyStatus(endpoint), await readyStatus(metricsEndpoint)]).toEqual([200, 200]);
    const { agent } = await openStream(world);
    const stopping = stop(world);
    expect([await readyStatus(endpoint), await readyStatus(metricsEndpoint)]).toEqual([503, 503]);
    expect(await (await fetch(`${metricsEndpoint}/readyz`)).json()).toMatchObject({
      missing: ['the proxy is stopping'],
    });
    await clock.advance(5_000);
    while (await isUp(endpoint)) await settle();
    expect(await readyStatus(metricsEndpoint)).toBe(503);
    agent.break();
    await passing(clock, stopping);
  });

  it('loses no request to its successor, of callers that learn late where to go', async () => {
    const clock = new FakeClock();
    const old = await start({ clock, env: { DRAIN_MS: '5000' } });
    const successor = await start({ clock, beside: old });
    const pool = new Agent({ keepAlive: true, maxSockets: 4 });
    const answers = (of: ProxyWorld) => Promise.all(Array.from({ length: 8 }, () => getModels(of, pool)));
    const told = (all: readonly IncomingMessage[]) =>
      new Set(all.map(({ statusCode, headers }) => `${String(statusCode)} ${String(headers.connection)}`));

    expect(told(await answers(old))).toEqual(new Set(['200 keep-alive']));
    const stopping = stop(old);
    for (let i = 0; i < 5; i += 1) {
      expect(told(await answers(old))).toEqual(new Set(['200 close']));
      await clock.advance(900);
    }
    expect(Object.keys(pool.freeSockets)).toEqual([]);
    const stopped = passing(clock, stopping);
    expect(told(await answers(successor))).toEqual(new Set(['200 keep-alive']));
    await stopped;
    expect(await isUp(old.endpoint)).toBe(false);
    pool.destroy();
  });
});

/** Lets time pass until the promise has resolved. */
async function passing(clock: FakeClock, promise: Promise<void>): Promise<void> {
  let isOver = false;
  const over = promise.finally(() => (isOver = true));
  while (!isOver) await clock.advance(100);
  await over;
}
