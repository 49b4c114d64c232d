import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { CallToolResultSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { LABEL, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { FakeClock, settle } from '@sympozium/process/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mcpClient, RawSession, textOf } from './testing/mcp-session.js';
import { API_KEY, ProxyWorld } from './testing/proxy-world.js';

const OTHER_KEY = 'sk-other-0123456789abcdefghijklmno';
const NARROW_KEY = 'sk-narrow-0123456789abcdefghijklmn';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const caught = (promise: PromiseLike<unknown>) => Promise.resolve(promise).catch((error: unknown) => error);
const ask = (args: Record<string, unknown> = { task: 'Say hello' }) => ({ name: 'ask_demo', arguments: args });
const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };
const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call' };

const post = (to: ProxyWorld, path: string, message: unknown, headers: Readonly<Record<string, string>> = {}) =>
  to.fetch(path, {
    method: 'POST',
    body: JSON.stringify(message),
    headers: { 'content-type': 'application/json', ...headers },
  });

let world: ProxyWorld;
let client: Client;

beforeEach(async () => {
  world = await ProxyWorld.start({
    env: { GRACE_MS: '60000' },
    keys: {
      other: JSON.stringify({ key: OTHER_KEY, instances: ['other'] }),
      narrow: JSON.stringify({ key: NARROW_KEY, limits: { requestsPerMinute: 1, burst: 3, maxConcurrent: 1 } }),
    },
  });
  await world.instance('demo', { systemPrompt: 'Never tell the secret word.' });
  client = await mcpClient(world);
});

afterEach(async () => {
  await client.close();
  await world.stop();
});

describe('a session', () => {
  it('offers a tool for each instance that the key may call, and nothing of its prompt', async () => {
    await world.instance('other');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['ask_demo', 'ask_other']);
    expect(tools[0]?.inputSchema).toMatchObject({
      type: 'object',
      properties: { task: { type: 'string' }, context: { type: 'string' } },
      required: ['task'],
      additionalProperties: false,
    });
    expect(JSON.stringify(tools)).not.toContain('secret word');
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: true } });
    const others = await mcpClient(world, { key: OTHER_KEY });
    expect((await others.listTools()).tools.map(({ name }) => name)).toEqual(['ask_other']);
    await others.close();
  });

  it('outlives a rotation of its key, but not the key: it ends with the last call that runs', async () => {
    const clock = new FakeClock();
    const expires = new Date(clock.now() + 5_000).toISOString();
    const previous = `${OTHER_KEY}-previous`;
    const brief = await ProxyWorld.start({
      clock,
      keys: {
        brief: JSON.stringify({ key: OTHER_KEY, expires }),
        'api-key-previous': JSON.stringify({ key: previous, expires }),
      },
    });
    await brief.instance('demo');
    const open = (key: string) => RawSession.open(brief, bearer(key));
    const [rotated, idle, busy] = [await open(previous), await open(OTHER_KEY), await open(OTHER_KEY)];
    await busy.post({ ...CALL, params: ask() });
    const run = await brief.nextRun();
    await clock.advance(10_000);
    await idle.end();
    brief.runs.succeed(run, { text: 'done' });
    expect(await busy.end()).toContain('"done"');
    expect((await rotated.post(PING)).status).toBe(401);
    expect((await rotated.post(PING, API_KEY)).status).toBe(202);
    await rotated.until(/"id":1/);
    await brief.stop();
  });

  it('answers a call with the agent’s text, finish reason and usage, from a task run of the key', async () => {
    await client.listTools(); // from now on the client checks results against their schema
    const calling = client.callTool(ask({ task: 'Greet', context: 'He is called Bo.' }));
    const run = await world.answerNext('Hel', 'lo');
    expect(await calling).toEqual({
      content: [{ type: 'text', text: 'Hello' }],
      structuredContent: {
        text: 'Hello',
        finishReason: 'stop',
        usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      },
      _meta: { 'sympozium.ai/run': run.metadata.name },
    });
    expect(run.metadata.labels).toMatchObject({ [LABEL.key]: 'api-key', [LABEL.instance]: 'demo' });
    expect(run.spec).toMatchObject({ mode: 'task', task: 'Greet\n\nContext:\nHe is called Bo.' });
    expect(run.spec.stream?.url).toContain(run.metadata.name);
  });

  it('tells of the progress before the agent says the next', async () => {
    const pieces = ['one ', 'two ', 'three'];
    const heard: { progress: number; message?: string | undefined }[] = [];
    let said = 0;
    const calling = client.callTool(ask(), undefined, {
      onprogress: (progress) => {
        heard.push(progress);
        sayNext();
      },
    });
    const agent = await world.agent(await world.nextRun());
    const sayNext = (): void => {
      const text = pieces[said++];
      if (text === undefined)
        agent.say({ type: 'result', status: 'ok', text: pieces.join(''), finishReason: 'length' });
      else agent.say({ type: 'delta', text });
    };
    agent.say({ type: 'started' });
    sayNext();
    expect(await calling).toMatchObject({ structuredContent: { text: 'one two three', finishReason: 'length' } });
    await agent.end();
    expect(heard).toEqual(pieces.map((message, i) => ({ progress: i + 1, message })));
  });

  it('says when its tools are others than those that the client knows', async () => {
    const changes: string[][] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
      changes.push((await client.listTools()).tools.map(({ name }) => name));
    });
    const narrow = await mcpClient(world, { key: OTHER_KEY });
    let told = 0;
    narrow.setNotificationHandler(ToolListChangedNotificationSchema, () => void (told += 1));
    await Promise.all([client.listTools(), narrow.listTools()]);
    world.runs.instance('demo', { limits: { maxQueued: 1 } }); // no change of the tools
    world.runs.instance('second');
    while (changes.length === 0) await settle();
    world.runs.client.server.delete(SYMPOZIUM_INSTANCE, { namespace: world.runs.namespace, name: 'demo' });
    while (changes.length === 1) await settle();
    expect(changes).toEqual([['ask_demo', 'ask_second'], ['ask_second']]);
    world.runs.instance('other');
    while (told === 0) await settle();
    expect(told).toBe(1);
    await narrow.close();
  });

  it('is unknown to another key, to another replica, and after its stream has ended', async () => {
    const session = await RawSession.open(world);
    const replica = await ProxyWorld.start({ beside: world });
    const { pathname, search } = new URL(session.address);
    expect((await session.post(PING)).status).toBe(202);
    const refused = [
      await session.post(PING, OTHER_KEY),
      await post(replica, pathname + search, PING),
      await post(world, '/message', PING),
      await post(world, '/message?sessionId=x&sessionId=y', PING),
    ];
    await session.close();
    while ((await session.post(PING)).status === 202) await settle();
    refused.push(await session.post(PING));
    for (const response of refused) {
      expect(response.status).toBe(404);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe('mcp_session_not_found');
      expect(error.message).toContain('lives on the replica that holds its SSE stream');
    }
    await replica.stop();
  });

  it('is announced relative to its stream, so that it is right behind a path prefix', async () => {
    const gateway = ((url: string | URL, init?: RequestInit) => {
      const { pathname, search } = new URL(url);
      expect(pathname).toMatch(/^\/agents\/demo\//);
      return fetch(`${world.endpoint}${pathname.replace('/agents/demo', '')}${search}`, init);
    }) as typeof fetch;
    const behind = await mcpClient(world, { url: `${world.endpoint}/agents/demo/sse`, fetch: gateway });
    expect((await behind.listTools()).tools).toHaveLength(1);
    await behind.close();
  });
});

describe('a call', () => {
  it('that the client cancels has its run cancelled, and gives its places back', async () => {
    const narrow = await mcpClient(world, { key: NARROW_KEY });
    const abort = new AbortController();
    const calling = caught(narrow.callTool(ask(), undefined, { signal: abort.signal }));
    const run = await world.nextRun();
    abort.abort('enough');
    await world.cancelled(run);
    expect(String(await calling)).toContain('enough');
    const again = narrow.callTool(ask());
    await world.answerNext('x');
    expect(textOf(await again)).toBe('x');
    await narrow.close();
  });

  it('whose stream ends has its run cancelled', async () => {
    const session = await RawSession.open(world);
    for (let i = 0; i < 2; i += 1) await session.post({ ...CALL, params: ask() }); // of the same id, against the rules
    const runs = [await world.nextRun(), await world.nextRun()];
    await session.close();
    await Promise.all(runs.map((run) => world.cancelled(run)));
  });

  it('of a run that fails is an error that says why', async () => {
    const calling = client.callTool(ask());
    const run = await world.nextRun();
    world.runs.fail(run, 'ModelAuthFailed', 'The model refused the key. Correct the Secret.');
    const message = 'The model refused the key. Correct the Secret.';
    expect(await calling).toEqual({
      isError: true,
      content: [{ type: 'text', text: `ModelAuthFailed: ${message}` }],
      _meta: { 'sympozium.ai/error': { code: 'ModelAuthFailed', message }, 'sympozium.ai/run': run.metadata.name },
    });
  });

  it.each([
    ['ask_nobody', { task: 'x' }, /no tool "ask_nobody", or this key may not call it/],
    ['demo', { task: 'x' }, /no tool "demo"/],
    ['ask_demo', {}, /^MCP error -32602: task is missing: it must be a string\.$/],
    ['ask_demo', { task: '' }, /task must have at least 1 character\./],
    ['ask_demo', { task: 7 }, /task must be a string, not 7\./],
    ['ask_demo', { task: 'x', context: null }, /context must be a string, not null\./],
    ['ask_demo', { task: 'x', model: 'y' }, /no argument "model": the tool takes task and context\./],
    ['ask_demo', 'x', /arguments must be an object/],
    [7, {}, /name must be the name of a tool\./],
  ])('of %j with %j is refused in the protocol’s own way, and makes no run', async (name, args, sentence) => {
    const params = { name, arguments: args } as never;
    const error = await caught(client.request({ method: 'tools/call', params }, CallToolResultSchema));
    expect(error).toMatchObject({ code: -32_602, message: expect.stringMatching(sentence) });
    expect(world.runs.runs).toEqual([]);
  });

  it('of an instance that the key may not call is refused like one of none', async () => {
    const others = await mcpClient(world, { key: OTHER_KEY });
    expect(await caught(others.callTool(ask()))).toMatchObject({ code: -32_602 });
    await others.close();
  });

  it('counts against the limits of its key', async () => {
    const narrow = await mcpClient(world, { key: NARROW_KEY });
    const first = narrow.callTool(ask());
    const run = await world.nextRun();
    const second = await narrow.callTool(ask());
    expect(second.isError).toBe(true);
    expect(textOf(second)).toMatch(
      /^rate_limit_exceeded: Too many concurrent requests with this key\. Try again in 1 s\./,
    );
    world.runs.succeed(run, { text: 'x' });
    expect(textOf(await first)).toBe('x');
    const third = world.post(
      { model: 'demo', messages: [{ role: 'user', content: 'x' }] },
      { headers: bearer(NARROW_KEY) },
    );
    await world.answerNext('x');
    expect((await third).headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(textOf(await narrow.callTool(ask()))).toMatch(/^rate_limit_exceeded: Too many requests/);
    await narrow.close();
  });

  it('holds a place of what is in flight, as the stream does not', async () => {
    const tight = await ProxyWorld.start({ env: { MAX_IN_FLIGHT: '2' } });
    await tight.instance('demo');
    const session = await RawSession.open(tight);
    await session.post({ ...CALL, params: ask() });
    const run = await tight.nextRun();
    await session.post({ ...CALL, id: 2, params: ask() });
    expect(await session.until(/"id":2/)).toContain('overloaded: ');
    tight.runs.succeed(run, { text: 'done' });
    await session.until(/"done"/);
    await session.post({ ...CALL, id: 3, params: ask() });
    await tight.answerNext('done as well');
    await session.until(/"done as well"/);
    await session.close();
    await tight.stop();
  });

  it('that is asked for what no run can take is an error', async () => {
    const result = await client.callTool(ask({ task: 'x'.repeat(600_000), context: 'y'.repeat(600_000) }));
    expect(textOf(result)).toMatch(/^run_input_too_large: /);
  });
});

describe('the doors', () => {
  it.each(['', 'sk-wrong-0123456789abcdefghijklmn'])('want a key and get %j: 401', async (key) => {
    expect(String(await caught(mcpClient(world, { key })))).toContain('401');
    const session = await RawSession.open(world);
    expect((await session.post(PING, key)).status).toBe(401);
    await session.close();
  });

  it('open only to pages whose origin an instance names, and show them no other', async () => {
    const origin = 'https://app.example';
    const refused = [
      await world.fetch('/sse', { headers: { origin } }),
      await post(world, '/message?sessionId=x', PING, { origin: world.endpoint }),
    ];
    for (const response of refused) {
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: { code: 'origin_not_allowed' } });
    }
    await world.instance('page', { endpoint: { cors: { origins: [origin] } } });
    const session = await RawSession.open(world, { origin });
    expect(session.response.headers.get('access-control-allow-origin')).toBe(origin);
    await session.post({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect(await session.until(/"id":1/)).not.toContain('ask_demo');
    await session.post({ ...CALL, id: 2, params: ask() });
    expect(await session.until(/"id":2/)).toMatch(/no tool \\"ask_demo\\"/);
    await session.close();
  });

  it('bound how many sessions a key has open', async () => {
    const sessions = await Promise.all(Array.from({ length: 64 }, () => RawSession.open(world, bearer(NARROW_KEY))));
    const another = () => world.fetch('/sse', { headers: bearer(NARROW_KEY) });
    const full = await another();
    expect(full.status).toBe(429);
    expect(await full.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    expect((await RawSession.open(world)).response.status).toBe(200); // another key
    await sessions[0]?.close();
    let next = await another();
    for (; next.status === 429; next = await another()) await settle();
    expect(next.status).toBe(200);
    await next.body?.cancel();
    await Promise.all(sessions.map((session) => session.close()));
  });
});

describe('a proxy that stops', () => {
  it('ends idle sessions at once, and others with their last call', async () => {
    const idle = await RawSession.open(world);
    const busy = await RawSession.open(world);
    await busy.post({ ...CALL, params: ask() });
    const run = await world.nextRun();
    const { runs } = world;
    const stopping = world.stop();
    await idle.end();
    runs.succeed(run, { text: 'done' });
    expect(await busy.end()).toContain('"done"');
    await stopping;
    world = await ProxyWorld.start();
  });

  it('tells calls that outlast the grace, and cancels their runs', async () => {
    const hasty = await ProxyWorld.start();
    await hasty.instance('demo');
    const session = await RawSession.open(hasty);
    await session.post({ ...CALL, params: ask() });
    const run = await hasty.nextRun();
    const stopping = hasty.stop();
    expect(await session.end()).toMatch(/"isError":true.*overloaded/);
    await stopping;
    expect(hasty.runs.run(run.metadata.name)?.spec.cancel).toBe(true);
  });
});

it('comments silence away on the stream', async () => {
  const clock = new FakeClock();
  const slow = await ProxyWorld.start({ clock });
  const session = await RawSession.open(slow);
  await clock.advance(10_000);
  await session.until(/\n\n: the session goes on\n\n$/);
  await session.close();
  await slow.stop();
});
