import { connect } from '../cluster.js';
import { curlLine } from '../curl-line.js';
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
  const { instance, origin, hostname, apiKey, apiKeySecretName } = endpoint;
  const line = {
    instance,
    url: origin,
    ...(hostname && { hostname }),
    apiKey,
    apiKeySecretName,
    ready,
    model: instance,
  };
  return `${JSON.stringify(line)}\n`;
}

const FORWARDED = 'http://127.0.0.1:8080';

/** The same for people. The curl line works as pasted, where only Pods get there through a port-forward. */
export function renderEndpoint(endpoint: Endpoint, namespace: string): string {
  const { instance, origin, apiKey, reach } = endpoint;
  const isFar = reach === 'cluster';
  const curl = curlLine({ origin: isFar ? FORWARDED : origin, apiKey, model: instance });
  const where = namespace === 'default' ? '' : ` -n ${namespace}`;
  const road = isFar
    ? `Only Pods of the cluster get there. From this machine, in another terminal:\n  sympozium port-forward ${instance}${where}\n\nThen:\n`
    : 'Try it:\n';
  return `endpoint  ${origin}/v1\nAPI key   ${apiKey}\nmodel     ${instance}\n\n${road}  ${curl}\n`;
}
