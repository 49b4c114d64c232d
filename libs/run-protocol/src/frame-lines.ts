import type { Frame } from './frames.js';
import { parseFrame } from './parse-frame.js';

/** Longest line that is read: a result of 1 MiB with every byte escaped, and room for tool calls. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines and gives the frames among them; other lines and too long ones are passed over. */
export class FrameLines {
  readonly #maxLineBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxLineBytes = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The frames that these bytes complete, in order. */
  push(bytes: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      this.#keep(bytes.subarray(from, end));
      frames.push(...this.end());
      from = end + 1;
    }
    this.#keep(bytes.subarray(from));
    return frames;
  }

  /** The stream is over: the frame of a last line without its `\n`, if there is one. */
  end(): Frame[] {
    const frame = this.#bytes > this.#maxLineBytes ? undefined : parseFrame(this.#line());
    this.#pieces = [];
    this.#bytes = 0;
    return frame ? [frame] : [];
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxLineBytes) this.#pieces = [];
    // A copy: readers reuse their buffers.
    else this.#pieces.push(piece.slice());
  }

  #line(): string {
    const decoder = new TextDecoder();
    return this.#pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
  }
}
