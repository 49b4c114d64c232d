import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { portUnavailable } from '../local-port.js';
import type { Road } from './server-road.js';

const HOST = '127.0.0.1';

/** A port of this machine that leads to a server. */
export class Tunnel {
  readonly #road: Road;
  readonly #onProblem: (text: string) => void;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(road: Road, onProblem: (text: string) => void) {
    this.#road = road;
    this.#onProblem = onProblem;
    this.#server = createServer({ noDelay: true }, (socket) => void this.#take(socket));
  }

  /** e.g. `http://127.0.0.1:8080`, once it is open. */
  get origin(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Listens on the port, 0 for any. Throws `PORT_IN_USE` if somebody else does. */
  async open(port: number): Promise<void> {
    await this.#road.start();
    try {
      this.#server.listen(port, HOST);
      await once(this.#server, 'listening');
    } catch (error) {
      await this.#road.stop();
      throw portUnavailable(port, error as NodeJS.ErrnoException);
    }
  }

  /** Ends all its connections. */
  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await this.#road.stop();
  }

  /** A connection without a way is cut; its caller may try again. */
  async #take(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      await this.#road.lead(socket);
    } catch (error) {
      socket.destroy();
      this.#onProblem((error as Error).message);
    }
  }
}
