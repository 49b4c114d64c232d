import { serverRunName } from '@sympozium/api';
import { connect } from '../cluster.js';
import { renderCall } from '../curl-line.js';
import { findEndpoint } from '../server/find-endpoint.js';
import { nextSignal } from '../signals.js';
import { tunnelTo } from '../tunnel/tunnel-to.js';
import { served, type ServedOptions } from './served.js';

export interface PortForwardOptions extends ServedOptions {
  readonly port: number;
}

/** `sympozium port-forward INSTANCE`: a port of this machine leads to the instance's server, until Ctrl-C. */
export async function portForward(name: string, options: PortForwardOptions): Promise<void> {
  const client = await connect(options);
  const ctrlC = nextSignal();
  try {
    const serving = await served(client, name, options);
    const endpoint = await findEndpoint(client, serving, { key: options.key, now: Date.now() });
    const tunnel = tunnelTo(client, { namespace: options.namespace, name: serverRunName(name) }, options);
    await tunnel.open(options.port);
    process.stdout.write(`${renderCall({ ...endpoint, origin: tunnel.origin })}\nCtrl-C ends.\n`);
    await ctrlC.received;
    await tunnel.close();
  } finally {
    ctrlC.forget();
    await client.close();
  }
}
