import { connect } from '../cluster.js';
import { renderCall } from '../curl-line.js';
import { findEndpoint, type Endpoint } from '../server/find-endpoint.js';
import type { OutputOptions } from './options.js';
import { served, type ServedOptions, type WaitOptions } from './served.js';

export interface EndpointOptions extends ServedOptions, WaitOptions, OutputOptions {}

/** `sympozium endpoint INSTANCE`: address, API key and a curl line. */
export async function endpoint(name: string, options: EndpointOptions): Promise<void> {
  const client = await connect(options);
  try {
    const serving = await served(client, name, options);
    const found = await findEndpoint(client, serving, { key: options.key, now: Date.now() });
    const isReady = serving.trouble === undefined;
    process.stdout.write(
      options.output === 'json' ? endpointJson(found, isReady) : renderEndpoint(found, options.namespace),
    );
  } finally {
    await client.close();
  }
}

/** One line for programs. */
export function endpointJson(endpoint: Endpoint, ready: boolean): string {
  const { instance, origin, hostname, apiKey, apiKeySecretName, model } = endpoint;
  return `${JSON.stringify({ instance, url: origin, hostname, apiKey, apiKeySecretName, ready, model })}\n`;
}

const FORWARDED = 'http://127.0.0.1:8080';

/** The same for people. The curl line works as pasted; where only Pods get there, through a port-forward. */
export function renderEndpoint(endpoint: Endpoint, namespace: string): string {
  if (endpoint.reach !== 'cluster') return renderCall(endpoint);
  const where = namespace === 'default' ? '' : ` -n ${namespace}`;
  return `${endpoint.origin} is for Pods of the cluster. From this machine, in another terminal:
  npx sympozium port-forward ${endpoint.instance}${where}

${renderCall({ ...endpoint, origin: FORWARDED }, 'Then:')}`;
}
