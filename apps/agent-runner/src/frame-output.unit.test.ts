import { FakeClock } from '@sympozium/process/testing';
import { parseFrame, type Frame, type ResultBody } from '@sympozium/run-protocol';
import { describe, expect, it } from 'vitest';
import { FrameOutput } from './frame-output.js';
import type { Road } from './road.js';

/** A road that notes what it takes in a journal shared with others, and delivers when it is let. */
class NotedRoad implements Road {
  readonly #name: string;
  readonly #journal: string[];
  delivered: Promise<void> = Promise.resolve();
  room: Promise<void> = Promise.resolve();

  constructor(name: string, journal: string[]) {
    this.#name = name;
    this.#journal = journal;
  }

  write(line: string): Promise<void> {
    const frame = parseFrame(line.trim());
    this.#journal.push(`${this.#name} ${frame?.seq} ${frame?.type}`);
    return this.room;
  }

  async end(): Promise<void> {
    await this.delivered;
    this.#journal.push(`${this.#name} delivered`);
  }
}

const RESULT: ResultBody = { type: 'result', status: 'ok', text: '', finishReason: 'stop' };

function setUp() {
  const journal: string[] = [];
  const clock = new FakeClock();
  const stdout = new NotedRoad('stdout', journal);
  const stream = new NotedRoad('stream', journal);
  return { journal, clock, stdout, stream, output: new FrameOutput('a1', stdout, clock) };
}

describe('FrameOutput', () => {
  it('sends a stream everything from the beginning', async () => {
    const { journal, stream, output } = setUp();
    await output.emit({ type: 'started' });
    output.connect(stream);
    await output.emit({ type: 'delta', text: 'x' });
    expect(journal).toEqual(['stdout 0 started', 'stream 0 started', 'stdout 1 delta', 'stream 1 delta']);
  });

  it('has delivered the result on stdout before it says it on the stream', async () => {
    const { journal, stdout, stream, output } = setUp();
    let deliver = (): void => undefined;
    stdout.delivered = new Promise((resolve) => (deliver = resolve));
    output.connect(stream);
    const ended = output.end(RESULT);
    await Promise.resolve();
    expect(journal).toEqual(['stdout 0 result']);
    deliver();
    await ended;
    expect(journal).toEqual(['stdout 0 result', 'stdout delivered', 'stream 0 result', 'stream delivered']);
  });

  it('lets the agent wait for the road with the least room', async () => {
    const { stream, output } = setUp();
    let makeRoom = (): void => undefined;
    stream.room = new Promise((resolve) => (makeRoom = resolve));
    output.connect(stream);
    let went = false;
    const emitted = output.emit({ type: 'delta', text: 'x' }).then(() => (went = true));
    await new Promise(setImmediate);
    expect(went).toBe(false);
    makeRoom();
    await emitted;
    expect(went).toBe(true);
  });

  it('beats every ten seconds until the end, and says nothing behind it', async () => {
    const { journal, clock, output } = setUp();
    output.connect(undefined);
    await clock.advance(25_000);
    expect(journal).toEqual(['stdout 0 heartbeat', 'stdout 1 heartbeat']);
    await output.end(RESULT);
    await output.emit({ type: 'delta', text: 'late' });
    await output.end(RESULT);
    await clock.advance(60_000);
    expect(journal.slice(2)).toEqual(['stdout 2 result', 'stdout delivered']);
    expect(clock.waiting).toBe(0);
  });

  it('names its attempt and the protocol’s version', async () => {
    const lines: string[] = [];
    const road: Road = { write: async (line) => void lines.push(line), end: async () => undefined };
    await new FrameOutput('a1', road, new FakeClock()).emit({ type: 'started' });
    expect(JSON.parse(lines[0] ?? '') satisfies Frame).toEqual({ v: 1, attempt: 'a1', seq: 0, type: 'started' });
  });
});
