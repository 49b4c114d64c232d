import type { Clock, Timer } from '@sympozium/process';
import { createServer, type Server, type Socket } from 'node:net';
import { forward } from './forward.js';
import type { Target } from './targets.js';

export interface PortListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /** Hosts that are the last to be tried. */
  readonly ending: ReadonlySet<string>;
  /** The address cannot be had; told once for each cause in a row. */
  readonly onRefused: (error: NodeJS.ErrnoException) => void;
  /** Called with both ends of each connection. */
  readonly onSocket: (socket: Socket) => void;
}

/** An address that somebody else has may become free without a word. */
const RETRY_MS = 5_000;

/** Listens at one port of a Service and gives its connections to the targets in turn. */
export class PortListener {
  /** Who gets connections from now on; those that are open stay where they are. */
  targets: readonly Target[] = [];
  readonly #options: PortListenerOptions;
  readonly #server: Server;
  #turn = 0;
  #opening = false;
  #closed = false;
  #refusal: string | undefined;
  #retry: Timer | undefined;

  constructor(options: PortListenerOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      options.onSocket(socket);
      void forward(socket, this.#inTurn(), options.onSocket);
    });
    this.#server.on('error', (error) => this.#refused(error));
    this.#server.on('listening', () => this.#listens());
  }

  /** Tries to listen, unless it does. */
  open(): void {
    if (this.#closed || this.#opening || this.#server.listening) return;
    this.#retry?.cancel();
    this.#opening = true;
    const { host, port } = this.#options;
    this.#server.listen({ host, port });
  }

  /** Takes no more connections; those that are open go on until they end. */
  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    this.#server.close();
  }

  #listens(): void {
    this.#opening = false;
    this.#refusal = undefined;
  }

  #refused(error: NodeJS.ErrnoException): void {
    this.#opening = false;
    if (this.#closed) return;
    if (this.#refusal !== error.code) this.#options.onRefused(error);
    this.#refusal = error.code;
    if (error.code === 'EADDRINUSE') this.#retry = this.#options.clock.after(RETRY_MS, () => this.open());
  }

  /** All targets, another one first each time, and at the end those that are going away. */
  #inTurn(): readonly Target[] {
    const first = this.#turn++ % Math.max(1, this.targets.length);
    const turned = [...this.targets.slice(first), ...this.targets.slice(0, first)];
    const isEnding = ({ host }: Target): boolean => this.#options.ending.has(host);
    return [...turned.filter((target) => !isEnding(target)), ...turned.filter(isEnding)];
  }
}
