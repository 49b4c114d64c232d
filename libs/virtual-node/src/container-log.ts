import type { Clock, Logger } from '@sympozium/process';
import { EventEmitter } from 'node:events';
import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';

export type StreamName = 'stdout' | 'stderr';

/** A line that grows beyond this is written in pieces. */
const LONGEST_PIECE = 4 * 1024 * 1024;
const NEWLINE = 0x0a;
const LINE_END = Buffer.from('\n');

interface Pending {
  parts: Buffer[];
  bytes: number;
}

export interface LogDependencies {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Writes what a process says into one file, whole lines of stdout and stderr in the order in which they end, in the
 * format of the container runtime: `<time> <stream> <F|P> <line>`, P for a piece whose line goes on. When the disk is
 * full, lines are lost and the process goes on.
 */
export class ContainerLog extends EventEmitter<{ append: []; end: [] }> {
  readonly file: string;
  readonly #out: WriteStream;
  readonly #clock: Clock;
  #ended = false;

  /** The file is there when this returns. */
  constructor(file: string, { clock, log }: LogDependencies) {
    super();
    this.setMaxListeners(0);
    this.file = file;
    this.#clock = clock;
    this.#out = createWriteStream(file, { fd: openSync(file, 'a', 0o600) });
    this.#out.setMaxListeners(0);
    this.#out.on('error', (error) => log.error({ err: error, file }, 'a container log cannot be written'));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Takes a stream until it ends; it waits while the disk does. */
  take(stream: Readable, name: StreamName): void {
    const pending: Pending = { parts: [], bytes: 0 };
    const resume = (): void => void stream.resume();
    stream.on('data', (chunk: Buffer) => {
      if (this.#append(chunk, pending, name) || this.#out.destroyed) return;
      stream.pause();
      this.#out.once('drain', resume);
    });
    this.#out.once('close', resume);
    stream.once('close', () => {
      this.#out.off('close', resume);
      if (pending.bytes > 0) this.#write(pending, name, 'F');
    });
  }

  /** One line of the node's own. */
  note(text: string): void {
    this.#append(Buffer.from(`${text}\n`), { parts: [], bytes: 0 }, 'stderr');
  }

  /** Resolves when every line is in the file, or it cannot be written. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#ended = true;
        this.emit('end');
        resolve();
      };
      if (this.#out.closed) return done();
      this.#out.once('close', done);
      this.#out.end();
    });
  }

  /** False when the disk is behind. */
  #append(chunk: Buffer, pending: Pending, name: StreamName): boolean {
    let keepsUp = true;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      hold(pending, chunk.subarray(from, at));
      keepsUp = this.#write(pending, name, 'F');
      from = at + 1;
    }
    if (from < chunk.length) hold(pending, chunk.subarray(from));
    return pending.bytes > LONGEST_PIECE ? this.#write(pending, name, 'P') : keepsUp;
  }

  #write(pending: Pending, name: StreamName, end: 'F' | 'P'): boolean {
    const head = Buffer.from(`${new Date(this.#clock.now()).toISOString()} ${name} ${end} `);
    const line = Buffer.concat([head, ...pending.parts, LINE_END]);
    pending.parts = [];
    pending.bytes = 0;
    if (this.#out.destroyed) return true;
    return this.#out.write(line, () => this.emit('append'));
  }
}

function hold(pending: Pending, part: Buffer): void {
  pending.parts.push(part);
  pending.bytes += part.length;
}
