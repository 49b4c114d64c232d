import { connect, type Socket } from 'node:net';
import type { Target } from './targets.js';

/**
 * Joins a connection to the first target that takes it, each way with its own end and its own back-pressure. Where no
 * target does, or one side breaks off, the other is reset: nobody takes a broken stream for one that has ended.
 */
export async function forward(
  client: Socket,
  targets: readonly Target[],
  opened: (socket: Socket) => void,
): Promise<void> {
  client.on('error', () => {}); // its end is what matters, and `close` tells it
  for (const target of targets) {
    const upstream = await reach(target, opened);
    if (client.destroyed) return void upstream?.resetAndDestroy();
    if (upstream) return join(client, upstream);
  }
  client.resetAndDestroy();
}

/** A connection to the target; undefined when it does not take one, or is broken off on the way. */
function reach({ host, port }: Target, opened: (socket: Socket) => void): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    opened(socket);
    socket.on('error', () => {}); // `close` tells it
    socket.once('close', () => resolve(undefined));
    socket.once('connect', () => resolve(socket));
  });
}

function join(client: Socket, upstream: Socket): void {
  client.on('error', () => upstream.resetAndDestroy());
  upstream.on('error', () => client.resetAndDestroy());
  client.pipe(upstream);
  upstream.pipe(client);
}
