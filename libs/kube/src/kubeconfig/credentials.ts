import type { KubeConfig } from '@kubernetes/client-node';
import type { Connection } from '../connection.js';

/** client-node reads files and asks plugins at each call; an exec plugin's own token it keeps until it expires. */
const LIVES_MS = 30_000;

/**
 * Headers with the token, basic or exec-plugin credentials of a kubeconfig's user. After a 401 the file is loaded
 * again, and a plugin asked again.
 */
export function kubeconfigCredentials(
  first: KubeConfig,
  reload: () => KubeConfig,
  now: () => number = Date.now,
): NonNullable<Connection['headers']> {
  let config = first;
  let known: { readonly at: number; readonly headers: Promise<Record<string, string>> } | undefined;
  return async (fresh) => {
    if (fresh) config = reload();
    if (!known || fresh || now() - known.at > LIVES_MS) known = { at: now(), headers: authHeaders(config) };
    try {
      return await known.headers;
    } catch (error) {
      known = undefined; // a plugin that failed is asked again by the next call
      throw error;
    }
  };
}

async function authHeaders(config: KubeConfig): Promise<Record<string, string>> {
  const options: { headers: Record<string, string>; auth?: string } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const credentials = Object.fromEntries(
    Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  if (options.auth) credentials['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return credentials;
}
