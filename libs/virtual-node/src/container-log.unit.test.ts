import { FakeClock, silentLogger } from '@sympozium/process/testing';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from './container-log.js';
import { parseLogQuery, readLog, type LogQuery } from './log-reader.js';

const folder = mkdtempSync(join(tmpdir(), 'log-'));
afterAll(() => rmSync(folder, { recursive: true }));

let clock: FakeClock;
let number = 0;
beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
});

const newLog = (): ContainerLog => new ContainerLog(join(folder, `${number++}.log`), { clock, log: silentLogger() });

/** A log with what a process wrote, chunk by chunk. */
async function written(chunks: readonly (string | Buffer)[]): Promise<ContainerLog> {
  const log = newLog();
  const stream = new PassThrough();
  log.take(stream, 'stdout');
  for (const chunk of chunks) stream.write(chunk);
  await ended(stream);
  await log.end();
  return log;
}

const ended = (stream: PassThrough): Promise<void> =>
  new Promise((resolve) => {
    stream.once('close', resolve);
    stream.end();
  });

async function read(log: ContainerLog, query: Partial<LogQuery> = {}): Promise<string> {
  const parts: Buffer[] = [];
  const all = { follow: false, timestamps: false, ...query };
  for await (const part of readLog({ file: log.file }, all, AbortSignal.timeout(5_000))) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

describe('the file', () => {
  it('has a line of the runtime’s format for each line', async () => {
    const log = await written(['one\ntw', 'o\n', 'rest']);
    expect(readFileSync(log.file, 'utf8')).toBe(
      ['one', 'two', 'rest'].map((line) => `2026-01-01T00:00:00.000Z stdout F ${line}\n`).join(''),
    );
  });

  it('keeps both streams in the order in which their lines end', async () => {
    const log = newLog();
    const [out, err] = [new PassThrough(), new PassThrough()];
    log.take(out, 'stdout');
    log.take(err, 'stderr');
    out.write('begun ');
    await clock.advance(0);
    err.write('error\n');
    await clock.advance(0);
    out.write('ended\n');
    await Promise.all([ended(out), ended(err)]);
    await log.end();
    expect(readFileSync(log.file, 'utf8').replace(/^\S+ /gm, '')).toBe('stderr F error\nstdout F begun ended\n');
  });

  it('cuts a line that never ends into pieces, which are read as one', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const log = await written([...Array<Buffer>(9).fill(mebibyte), '\nnext\n']);
    expect(readFileSync(log.file, 'latin1').match(/ stdout P /g)).toHaveLength(1);
    const text = await read(log);
    expect(text.length).toBe(9 * 1024 * 1024 + 1 + 5);
    expect(text.endsWith('x\nnext\n')).toBe(true);
  });

  it('that cannot be written does not hold up the process', async () => {
    const log = new ContainerLog('/dev/full', { clock, log: silentLogger() });
    const stream = new PassThrough();
    log.take(stream, 'stdout');
    for (let n = 0; n < 100; n++) stream.write(`${'x'.repeat(64 * 1024)}\n`);
    await ended(stream);
    await log.end();
    expect(log.ended).toBe(true);
  });
});

it('gives back the bytes that were written, however they came', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).map((b) => (b % 5 === 0 ? 10 : b)));
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 10 }), async (chunks) => {
      const log = await written(chunks.filter(({ length }) => length > 0).map((chunk) => Buffer.from(chunk)));
      const whole = Buffer.concat(chunks).toString('latin1');
      const expected = whole === '' || whole.endsWith('\n') ? whole : `${whole}\n`;
      expect(await read(log)).toBe(expected);
    }),
    { numRuns: 50 },
  );
});

describe('reading', () => {
  const lines = async (count: number): Promise<ContainerLog> => {
    const log = newLog();
    const stream = new PassThrough();
    log.take(stream, 'stdout');
    for (let n = 1; n <= count; n++) {
      stream.write(`line ${n}\n`);
      await clock.advance(1_000);
    }
    await ended(stream);
    await log.end();
    return log;
  };

  it.each<[Partial<LogQuery>, string]>([
    [{ tailLines: 2 }, 'line 3\nline 4\n'],
    [{ tailLines: 0 }, ''],
    [{ tailLines: 99 }, 'line 1\nline 2\nline 3\nline 4\n'],
    [{ limitBytes: 9 }, 'line 1\nli'],
    [{ limitBytes: 3, tailLines: 1 }, 'lin'],
    [{ since: Date.parse('2026-01-01T00:00:02Z') }, 'line 3\nline 4\n'],
    [{ tailLines: 1, timestamps: true }, '2026-01-01T00:00:03.000Z line 4\n'],
  ])('%j', async (query, expected) => {
    expect(await read(await lines(4), query)).toBe(expected);
  });

  it('a log that is not there gives nothing', async () => {
    expect(await read({ file: join(folder, 'absent') } as ContainerLog)).toBe('');
  });

  it('follows until the log ends', async () => {
    const log = newLog();
    const stream = new PassThrough();
    log.take(stream, 'stdout');
    stream.write('one\n');
    const query = { follow: true, timestamps: false };
    const parts = readLog({ file: log.file, live: log }, query, AbortSignal.timeout(5_000))[Symbol.asyncIterator]();
    expect((await parts.next()).value?.toString()).toBe('one\n');
    const next = parts.next();
    stream.write('two\n');
    expect((await next).value?.toString()).toBe('two\n');
    const last = parts.next();
    await ended(stream);
    await log.end();
    expect(await last).toEqual({ value: undefined, done: true });
  });

  it('ends when the reader goes', async () => {
    const log = newLog();
    const gone = new AbortController();
    const parts = readLog({ file: log.file, live: log }, { follow: true, timestamps: false }, gone.signal);
    const next = parts.next();
    gone.abort();
    expect((await next).done).toBe(true);
    await log.end();
  });
});

describe('a query', () => {
  const NOW = Date.parse('2026-01-01T00:01:00Z');
  it.each<[string, LogQuery]>([
    ['', { follow: false, timestamps: false }],
    [
      'follow=true&timestamps=true&tailLines=3&limitBytes=10',
      { follow: true, timestamps: true, tailLines: 3, limitBytes: 10 },
    ],
    ['sinceSeconds=30', { follow: false, timestamps: false, since: NOW - 30_000 }],
    ['sinceTime=2026-01-01T00:00:30Z', { follow: false, timestamps: false, since: NOW - 30_000 }],
    ['tailLines=-1&limitBytes=x', { follow: false, timestamps: false }],
  ])('%s', (text, query) => {
    expect(parseLogQuery(new URLSearchParams(text), NOW)).toEqual(query);
  });
});
