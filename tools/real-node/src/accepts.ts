import { connect, type TcpNetConnectOpts } from 'node:net';

const WITHIN_MS = 500;

/** Whether somebody accepts a TCP connection. */
export function accepts(address: Pick<TcpNetConnectOpts, 'host' | 'port'>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: WITHIN_MS });
    const answer = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
