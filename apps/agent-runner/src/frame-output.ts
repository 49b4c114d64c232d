import type { Clock, Timer } from '@sympozium/process';
import { encodeFrame, PROTOCOL_VERSION, type FrameBody, type ResultBody } from '@sympozium/run-protocol';
import type { Road } from './road.js';

const HEARTBEAT_MS = 10_000;

/** Numbers the frames of one attempt and sends them down every road; a heartbeat goes between them. */
export class FrameOutput {
  readonly #attempt: string;
  readonly #stdout: Road;
  readonly #clock: Clock;
  #stream: Road | undefined;
  /** What left before it was known whether there is a stream. */
  #early: string[] | undefined = [];
  #seq = 0;
  #heartbeat: Timer;
  #ended = false;

  constructor(attempt: string, stdout: Road, clock: Clock) {
    this.#attempt = attempt;
    this.#stdout = stdout;
    this.#clock = clock;
    this.#heartbeat = this.#arm();
  }

  /** Resolves when every road has room for another frame. After the end a frame goes nowhere. */
  async emit(body: FrameBody): Promise<void> {
    if (this.#ended) return;
    const line = this.#line(body);
    this.#early?.push(line);
    await Promise.all([this.#stdout.write(line), this.#stream?.write(line)]);
  }

  /** Sends what has left so far, and everything to come, down a second road; without one, forgets it. */
  connect(stream: Road | undefined): void {
    this.#stream = stream;
    for (const line of this.#early ?? []) void stream?.write(line);
    this.#early = undefined;
  }

  /**
   * The last frame; resolves when all roads have delivered. Stdout first: who reads the answer on the stream may
   * believe that the log holds it.
   */
  async end(result: ResultBody): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#heartbeat.cancel();
    const line = this.#line(result);
    await this.#stdout.write(line);
    await this.#stdout.end();
    void this.#stream?.write(line);
    await this.#stream?.end();
  }

  #line(body: FrameBody): string {
    return encodeFrame({ v: PROTOCOL_VERSION, attempt: this.#attempt, seq: this.#seq++, ...body });
  }

  #arm(): Timer {
    return this.#clock.after(HEARTBEAT_MS, () => {
      void this.emit({ type: 'heartbeat' });
      this.#heartbeat = this.#arm();
    });
  }
}
