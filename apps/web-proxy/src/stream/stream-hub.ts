import type { Clock, Logger } from '@sympozium/process';
import type { Frame } from '@sympozium/run-protocol';

/** Frames that wait for a slow reader before the agent is slowed down. */
const BUFFER = 64;
/** A reader that takes nothing for so long is dropped; its run goes on and is answered from what is stored. */
const SLOW_MS = 10_000;

/** One who waits for a run's frames. */
export interface FrameReader {
  /** The run exists now, and this is its uid. */
  bind(uid: string): void;
  /** The frames as they come, until the signal or until the reader is dropped. */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
  close(): void;
}

/** Hands frames from the agents' streams to the requests that wait for them. */
export class StreamHub {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #readers = new Map<string, Set<QueuedReader>>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Waits for the frames of the run of this name, which may not have been made yet. */
  expect(run: string): FrameReader {
    const readers = this.#readers.get(run) ?? new Set();
    this.#readers.set(run, readers);
    const reader = new QueuedReader(() => {
      readers.delete(reader);
      if (readers.size === 0 && this.#readers.get(run) === readers) this.#readers.delete(run);
    });
    readers.add(reader);
    return reader;
  }

  /** The uid of a run that somebody waits for, once it is known; undefined when nobody waits. */
  async uidOf(run: string): Promise<string | undefined> {
    const readers = [...(this.#readers.get(run) ?? [])];
    return readers.length === 0 ? undefined : Promise.race(readers.map(({ uid }) => uid));
  }

  /** Resolves when all readers have taken the frame, have room for it, or were dropped. */
  async deliver(run: string, frame: Frame): Promise<void> {
    const waits = [...(this.#readers.get(run) ?? [])].map((reader) => this.#hand(run, reader, frame));
    if (waits.length > 0) await Promise.all(waits);
  }

  async #hand(run: string, reader: QueuedReader, frame: Frame): Promise<void> {
    const room = reader.put(frame);
    if (!room) return;
    const timer = this.#clock.after(SLOW_MS, () => {
      this.#log.info({ run }, 'reader of the run’s stream is too slow and was dropped');
      reader.close();
    });
    await room;
    timer.cancel();
  }
}

class QueuedReader implements FrameReader {
  readonly uid: Promise<string | undefined>;
  readonly #onClose: () => void;
  readonly #queue: Frame[] = [];
  #bind: (uid: string | undefined) => void = () => {};
  #closed = false;
  /** Wakes the reader, who waits for a frame. */
  #wake: () => void = () => {};
  /** Wakes the senders, who wait for room. */
  #room: (() => void)[] = [];

  constructor(onClose: () => void) {
    this.#onClose = onClose;
    this.uid = new Promise((resolve) => (this.#bind = resolve));
  }

  bind(uid: string): void {
    this.#bind(uid);
  }

  /** Undefined when there is room; else a promise of it. */
  put(frame: Frame): Promise<void> | undefined {
    if (this.#closed) return undefined;
    this.#queue.push(frame);
    this.#wake();
    return this.#queue.length <= BUFFER ? undefined : new Promise((resolve) => this.#room.push(resolve));
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, undefined> {
    const onAbort = (): void => this.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!this.#closed) {
        const frame = this.#queue.shift();
        if (frame) yield frame;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#makeRoom();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.close();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#bind(undefined);
    this.#wake();
    this.#makeRoom();
    this.#onClose();
  }

  #makeRoom(): void {
    if (this.#closed || this.#queue.length < BUFFER) for (const wake of this.#room.splice(0)) wake();
  }
}
