import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ContainerLog } from './container-log.js';

/** Query of `/containerLogs`, as kubectl logs sends it. */
export interface LogQuery {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Milliseconds since 1970; older lines are left out. */
  readonly since?: number;
}

/** The query as it comes; what is not a number is not there. */
export function parseLogQuery(query: URLSearchParams, now: number): LogQuery {
  const tailLines = count(query.get('tailLines'));
  const limitBytes = count(query.get('limitBytes'));
  const since = sinceOf(count(query.get('sinceSeconds')), query.get('sinceTime'), now);
  return {
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(since === undefined ? {} : { since }),
  };
}

function count(text: string | null): number | undefined {
  const value = Number(text);
  return text !== null && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function sinceOf(seconds: number | undefined, time: string | null, now: number): number | undefined {
  if (seconds !== undefined) return now - seconds * 1000;
  return time === null ? undefined : Date.parse(time);
}

export interface LogSource {
  readonly file: string;
  /** The writer, while the container runs. */
  readonly live?: ContainerLog;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Bytes of a container's log, as the process wrote them, in the file's order. */
export async function* readLog(source: LogSource, query: LogQuery, signal: AbortSignal): AsyncGenerator<Buffer> {
  let left = query.limitBytes ?? Infinity;
  const from = query.tailLines === undefined ? 0 : await offsetOfTail(source.file, query.tailLines);
  for await (const record of records(source, from, query.follow, signal)) {
    const text = rendered(record, query);
    if (!text) continue;
    yield text.subarray(0, Math.min(left, text.length));
    left -= text.length;
    if (left <= 0) return;
  }
}

function rendered(record: Buffer, { since, timestamps }: LogQuery): Buffer | undefined {
  const timeEnd = record.indexOf(SPACE);
  const streamEnd = record.indexOf(SPACE, timeEnd + 1);
  const time = record.toString('latin1', 0, timeEnd);
  if (since !== undefined && Date.parse(time) < since) return undefined;
  const whole = record[streamEnd + 1] === 'F'.charCodeAt(0);
  const content = record.subarray(streamEnd + 3, whole ? record.length : record.length - 1);
  return timestamps ? Buffer.concat([Buffer.from(`${time} `), content]) : content;
}

/** Records with their newline, from an offset; with `follow` until the log ends. */
async function* records(
  { file, live }: LogSource,
  start: number,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let offset = start;
  let pending: Buffer[] = [];
  for (;;) {
    const ended = !live || live.ended;
    const changed = ended || !follow ? undefined : change(live, signal);
    for await (const chunk of chunks(file, offset)) {
      offset += chunk.length;
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        yield Buffer.concat([...pending, chunk.subarray(from, at + 1)]);
        pending = [];
        from = at + 1;
      }
      if (from < chunk.length) pending.push(chunk.subarray(from));
    }
    if (!changed || signal.aborted) return;
    await changed;
  }
}

/** The next line or the end; listens before the file is read, so nothing falls between. */
const change = (live: ContainerLog, signal: AbortSignal): Promise<unknown> => {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  return Promise.race([once(live, 'append', { signal: either }), once(live, 'end', { signal: either })])
    .catch(() => {}) // aborted: the reader sees it
    .finally(() => stop.abort());
};

async function* chunks(file: string, start: number): AsyncGenerator<Buffer> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > start) yield* createReadStream(file, { start, end: size - 1 }) as AsyncIterable<Buffer>;
}

/** Where the last `lines` records begin; keeps only so many offsets. */
async function offsetOfTail(file: string, lines: number): Promise<number> {
  const starts: number[] = [0];
  let at = 0;
  for await (const chunk of chunks(file, 0)) {
    for (let found = chunk.indexOf(NEWLINE); found !== -1; found = chunk.indexOf(NEWLINE, found + 1)) {
      starts.push(at + found + 1);
      if (starts.length > lines + 1) starts.shift();
    }
    at += chunk.length;
  }
  return starts[Math.max(0, starts.length - 1 - lines)] ?? 0;
}
