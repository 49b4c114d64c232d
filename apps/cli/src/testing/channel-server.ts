import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const DATA = 0;
const ERROR = 1;

/** One WebSocket of a port-forward, as the API server sees it: data and errors are channels of it. */
interface Channel {
  send(text: string): void;
  complain(text: string): void;
  close(): void;
}

export interface ChannelServerOptions {
  /** Status that a Pod's port-forward is refused with; undefined: it is taken. */
  readonly refuse: (path: string) => number | undefined;
  /** Called with what a client sends to the Pod of the path. */
  readonly onData: (text: string, channel: Channel, path: string) => void;
}

/** An API server whose Pods can be forwarded to, by the protocol `v4.channel.k8s.io`; it knows short frames only. */
export class ChannelServer {
  readonly paths: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: ChannelServerOptions) {
    this.#server = createServer();
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#upgrade(request, socket, options));
  }

  static async start(options: ChannelServerOptions): Promise<ChannelServer> {
    const server = new ChannelServer(options);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #upgrade({ url = '', headers }: IncomingMessage, socket: Socket, { refuse, onData }: ChannelServerOptions): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    this.paths.push(url);
    const status = refuse(url);
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key'] ?? ''}${MAGIC}`)
      .digest('base64');
    const answer = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade'];
    answer.push(`sec-websocket-accept: ${accept}`, 'sec-websocket-protocol: v4.channel.k8s.io', '', '');
    socket.write(answer.join('\r\n'));
    for (const channel of [DATA, ERROR]) socket.write(frame(channel, Buffer.from([0x1f, 0x90]))); // the port comes first
    const channel: Channel = {
      send: (text) => void socket.write(frame(DATA, Buffer.from(text))),
      complain: (text) => void socket.write(frame(ERROR, Buffer.from(text))),
      close: () => void socket.end(Buffer.from([0x88, 0])),
    };
    socket.on('data', (bytes) => {
      for (const text of readFrames(bytes)) onData(text, channel, url);
    });
  }
}

function frame(channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x82, payload.length + 1, channel]), payload]);
}

/** What binary frames of a client carry, without their channel. */
function readFrames(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at + 6 <= bytes.length;) {
    const length = (bytes[at + 1] ?? 0) & 0x7f;
    const mask = bytes.subarray(at + 2, at + 6);
    const payload = bytes.subarray(at + 6, at + 6 + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    if (bytes[at] === 0x82) found.push(Buffer.from(payload.subarray(1)).toString('utf8'));
    at += 6 + length;
  }
  return found;
}
