import { LIMIT } from '@sympozium/api';
import { decodeEnvelope, FrameLines, type Frame } from '@sympozium/run-protocol';
import { agentInput, StreamListener } from '@sympozium/run-protocol/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RUNNER } from './testing/runner.js';
import { openaiInput, outcome, startModel, startRunner } from './testing/run-agent.js';

/** Milliseconds from the start of a process until its first byte. */
async function firstByte(command: readonly string[]): Promise<number> {
  const [file = '', ...args] = command;
  const begin = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const took = performance.now() - begin;
  child.kill('SIGKILL');
  await once(child, 'close');
  return took;
}

const deltasOf = (frames: readonly Frame[]): string[] =>
  frames.flatMap((frame) => (frame.type === 'delta' ? [frame.text] : []));

describe('the agent’s process', { timeout: 60_000 }, () => {
  it('says started within 25 ms of bare node', async () => {
    let bare = Infinity;
    let agent = Infinity;
    // Turn by turn, so that what else the machine does meets both; the quickest of each is the least disturbed, and
    // the longer one looks the nearer it is to the truth, which on a busy machine may take a while.
    for (let round = 0; round < 100 && (round < 10 || agent - bare >= 25); round += 1) {
      bare = Math.min(bare, await firstByte([process.execPath, '-e', 'process.stdout.write("x")']));
      agent = Math.min(agent, await firstByte(RUNNER));
    }
    expect(agent - bare).toBeLessThan(25);
  });

  it('loses nothing of a large result when its reader pauses', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-runner-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [input, result] = [join(folder, 'input.json'), join(folder, 'result')];
    const text = 'x'.repeat(LIMIT.result);
    writeFileSync(input, JSON.stringify(agentInput(text)));
    writeFileSync(result, '');
    const seen = new Promise<void>((resolve) => {
      const watcher = watch(result, () => readFileSync(result).length > 0 && resolve());
      onTestFinished(() => watcher.close());
    });
    const [file = '', ...args] = RUNNER;
    const env = { ...process.env, SYMPOZIUM_INPUT: input, SYMPOZIUM_RESULT: result };
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const end = once(child, 'close');
    const lines = new FrameLines();
    const frames: Frame[] = [];
    child.stdout.on('data', (bytes: Buffer) => {
      const read = lines.push(bytes);
      frames.push(...read);
      if (read.some((frame) => frame.type === 'delta')) child.stdout.pause();
    });
    await seen;
    // The durable word is there, and the process waits for its reader.
    expect(child.exitCode).toBeNull();
    child.stdout.resume();
    expect(await end).toEqual([0, null]);
    expect(frames.at(-1)).toMatchObject({ type: 'result', text });
    expect(decodeEnvelope(readFileSync(result, 'utf8'))).toMatchObject({ status: 'ok', bytes: LIMIT.result });
  });

  it('tells who waits each delta before the model sends the next', async () => {
    const words = ['One ', 'two ', 'three'];
    const listener = await StreamListener.attentive();
    onTestFinished(() => listener.close());
    const model = await startModel(async (reply) => {
      for (const [index, word] of words.entries()) {
        reply.delta(word);
        await vi.waitFor(() => expect(deltasOf(listener.frames)).toEqual(words.slice(0, index + 1)), 10_000);
      }
      reply.finish();
    });
    const stream = { url: listener.url, token: 'a.b.c' };
    const end = await (await startRunner(openaiInput(model), { stream })).ended;
    expect(listener.frames).toEqual(end.frames);
    expect(end.stderr).toBe('');
  });

  it('keeps its result though its output is closed', async () => {
    const model = await startModel(async (reply) => {
      reply.delta('One');
      await process.frame('delta');
      process.closeOutput();
      reply.delta('Two');
      reply.finish();
    });
    const process = await startRunner(openaiInput(model));
    const { message } = await process.ended;
    expect(decodeEnvelope(message ?? '')).toMatchObject({ status: 'ok', text: 'OneTwo' });
  });

  it('calls its model through the instance’s proxy', async () => {
    const model = await startModel((reply) => {
      reply.delta('Hi');
      reply.finish();
    });
    const asked: string[] = [];
    const proxy = createServer().on('connect', ({ url = '' }, client: Socket) => {
      asked.push(url);
      const { port } = new URL(model.baseURL);
      void tunnel(client, Number(port));
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const spec = { provider: 'openai', name: 'm', baseURL: 'http://model.invalid/v1', proxy: address };
    const end = await (await startRunner(openaiInput(model, { model: spec }))).ended;
    expect(outcome(end).result).toMatchObject({ status: 'ok', text: 'Hi' });
    expect(asked).toEqual(['model.invalid:80']);
  });
});

async function tunnel(client: Socket, port: number): Promise<void> {
  const server = connect(port, '127.0.0.1');
  await once(server, 'connect');
  client.write('HTTP/1.1 200 OK\r\n\r\n');
  client.pipe(server).pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}
