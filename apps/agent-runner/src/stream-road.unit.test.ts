import { FakeClock } from '@sympozium/process/testing';
import { StreamListener } from '@sympozium/run-protocol/testing';
import { encodeFrame, type Frame } from '@sympozium/run-protocol';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { StreamRoad } from './stream-road.js';

const folder = mkdtempSync(join(tmpdir(), 'stream-road-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'a.b.c\n');
afterAll(() => rmSync(folder, { recursive: true }));

const delta = (seq: number, text = 'x'): Frame => ({ v: 1, attempt: 'a', seq, type: 'delta', text });

function open(url: string, file = tokenFile) {
  const clock = new FakeClock();
  const notes: string[] = [];
  const road = new StreamRoad({ url, tokenFile: file, clock, note: (line) => notes.push(line) });
  return { clock, notes, road };
}

async function listen(): Promise<StreamListener> {
  const listener = await StreamListener.attentive();
  onTestFinished(() => listener.close());
  return listener;
}

/** A TCP server that accepts, and reads only when it is told. */
async function deafServer(): Promise<{ url: string; server: Server }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/runs/r` };
}

/** An address at which nobody listens, as before a server is up. */
async function freeAddress(): Promise<{ url: string; port: number }> {
  const { server, url } = await deafServer();
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { url, port };
}

describe('StreamRoad', () => {
  it('brings what was written before it was open, then what comes after', async () => {
    const { frames, url } = await listen();
    const { road, notes } = open(url);
    void road.write(encodeFrame(delta(0)));
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    await road.write(encodeFrame(delta(1)));
    await vi.waitFor(() => expect(frames).toEqual([delta(0), delta(1)]));
    await road.end();
    expect(notes).toEqual([]);
  });

  it('tries again within its second', async () => {
    const { url, port } = await freeAddress();
    const { road, clock } = open(url);
    void road.write(encodeFrame(delta(0)));
    await vi.waitFor(() => expect(clock.waiting).toBe(2)); // the second, and the pause before the next try
    const server = createServer();
    onTestFinished(() => void server.close());
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection');
    await clock.advance(50);
    const [socket] = (await connected) as [NodeJS.ReadableStream];
    let text = '';
    for await (const bytes of socket) {
      text += String(bytes);
      if (text.includes(encodeFrame(delta(0)))) break;
    }
    expect(text).toMatch(/^POST \/runs\/r HTTP\/1.1\r\nauthorization: Bearer a.b.c\r\n/i);
  });

  it('is given up after a second without connection, and holds nobody up', async () => {
    const { url } = await freeAddress();
    const { road, clock, notes } = open(url);
    void road.write(encodeFrame(delta(0)));
    const ended = road.end();
    await clock.advance(1000);
    await ended;
    await road.write(encodeFrame(delta(1)));
    expect(notes).toEqual([expect.stringContaining('no connection within a second')]);
  });

  it('lets the agent wait for a slow reader, and for ten seconds only', async () => {
    const { url, server } = await deafServer();
    const { road, clock, notes } = open(url);
    await once(server, 'connection');
    let waits = true;
    // More than the kernel's buffers of both sides and our own mebibyte take.
    const written = road.write('x'.repeat(32 * 1024 * 1024)).then(() => (waits = false));
    await clock.advance(9_999);
    expect(waits).toBe(true);
    await clock.advance(1);
    await written;
    expect(notes).toEqual([expect.stringContaining('its reader is too slow')]);
  });

  it('waits five seconds for a reader to take the end', async () => {
    const { url, server } = await deafServer();
    const { road, clock, notes } = open(url);
    await once(server, 'connection');
    await road.write(encodeFrame(delta(0)));
    const ended = road.end();
    await clock.advance(5_000);
    await ended;
    expect(notes).toEqual([expect.stringContaining('did not confirm the end')]);
  });

  it.each([401, 404])('ends at once when it is answered with %i', async (status) => {
    const listener = await StreamListener.refusing(status);
    onTestFinished(() => listener.close());
    const { road, notes } = open(listener.url);
    await road.end();
    expect(notes).toEqual([expect.stringMatching(new RegExp(`answered with ${status}|ECONNRESET|EPIPE`))]);
  });

  it.each([
    ['a token that cannot be read', 'http://127.0.0.1:9/', join(folder, 'missing')],
    ['an address that is none', 'http://', tokenFile],
  ])('is not tried with %s', async (_, url, file) => {
    const { road, notes } = open(url, file);
    await road.end();
    expect(notes).toHaveLength(1);
  });
});
