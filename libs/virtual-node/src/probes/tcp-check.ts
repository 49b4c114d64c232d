import type { V1TCPSocketAction } from '@kubernetes/client-node';
import { connect } from 'node:net';
import { portNumber, type ContainerSite } from './container-site.js';
import { failed, passed, type ProbeResult } from './probe-result.js';

/** Goes well when the port takes a connection. */
export function checkTcp(action: V1TCPSocketAction, site: ContainerSite, signal: AbortSignal): Promise<ProbeResult> {
  const port = portNumber(site.container, action.port);
  if (port === undefined) return Promise.resolve(failed(`the container has no port named "${action.port}"`));
  return new Promise((resolve) => {
    const socket = connect({ host: action.host ?? site.host, port, signal });
    const end = (result: ProbeResult): void => {
      resolve(result);
      socket.destroy();
    };
    socket.once('connect', () => end(passed));
    socket.on('error', (error) => end(failed(signal.aborted ? String(signal.reason) : error.message)));
  });
}
