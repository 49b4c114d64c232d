import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What waits for the end of a response, by connection: one listener each, however many requests wait in line. */
const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once nothing more can reach the caller: the response was written whole (`delivered`), or its connection
 * has closed. Node tells a response that waits behind another on the same connection nothing of the latter.
 */
export function whenOver(request: IncomingMessage, response: ServerResponse, then: (delivered: boolean) => void): void {
  const others = waitingOn(request.socket);
  const over = (): void => {
    if (others.delete(over)) then(response.writableFinished);
  };
  others.add(over);
  response.once('close', over);
}

function waitingOn(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known) return known;
  const all = new Set<() => void>();
  waiting.set(socket, all);
  socket.once('close', () => {
    for (const over of all) over();
  });
  return all;
}
