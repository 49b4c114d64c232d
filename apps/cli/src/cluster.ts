import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { isAlive, readLock } from './dev/data-folder.js';

/** A running local cluster’s kubeconfig, if this folder has one. */
function localKubeconfig(): string | undefined {
  const folder = '.sympozium';
  const path = join(folder, 'kubeconfig');
  const owner = readLock(folder);
  return existsSync(path) && owner !== undefined && isAlive(owner) ? path : undefined;
}

/** The cluster a command talks to: `--kubeconfig`, else a running local one, else kubectl’s rules. Named on stderr. */
export async function connect(options: { kubeconfig?: string }): Promise<KubeClient> {
  const path = options.kubeconfig ?? localKubeconfig();
  const { client, context } = await clientFromKubeconfig(path === undefined ? {} : { kubeconfig: path });
  process.stderr.write(`cluster: ${context}\n`);
  return client;
}
