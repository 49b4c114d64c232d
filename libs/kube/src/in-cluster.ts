import { SympoziumError } from '@sympozium/api';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from './connection.js';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_LIVES_MS = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Connection of a Pod with a ServiceAccount, or undefined outside a cluster. The token file is read again every minute. */
export function inClusterConnection(env: Environment, now: () => number = Date.now): Connection | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const folder = env['SYMPOZIUM_SERVICEACCOUNT_DIR'] ?? FOLDER;
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    server: `https://${address}:${port}`,
    ca: certificate(folder),
    headers: tokenFileHeaders(join(folder, 'token'), now),
  };
}

function certificate(folder: string): string {
  try {
    return readFileSync(join(folder, 'ca.crt'), 'utf8');
  } catch (cause) {
    throw new SympoziumError(
      'SETTING_INVALID',
      `this Pod has no ServiceAccount's credentials in ${folder}. Set automountServiceAccountToken, or name a kubeconfig with --kubeconfig or KUBECONFIG.`,
      { cause },
    );
  }
}

/** Bearer header from a file whose content a kubelet rotates. */
function tokenFileHeaders(file: string, now: () => number): (fresh: boolean) => Record<string, string> {
  let read = -Infinity;
  let token = '';
  return (fresh) => {
    if (fresh || now() - read > TOKEN_LIVES_MS) {
      token = readFileSync(file, 'utf8').trim();
      read = now();
    }
    return { authorization: `Bearer ${token}` };
  };
}
