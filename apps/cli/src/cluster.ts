import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import type { InformerDependencies, KubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { createLogger, livingOwner, systemClock, systemRandom } from '@sympozium/process';
import { LOCK_FILE } from './dev/data-folder.js';

const LOCAL_FOLDER = '.sympozium';

/** A running local cluster’s kubeconfig, if the working folder has one. */
export function localKubeconfig(): string | undefined {
  const path = join(LOCAL_FOLDER, 'kubeconfig');
  return existsSync(path) && livingOwner(join(LOCAL_FOLDER, LOCK_FILE)) !== undefined ? path : undefined;
}

/** What informers are made from, for a command that tells everything itself. */
export const informerTools = (client: KubeClient): InformerDependencies => ({
  client,
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ name: 'sympozium', level: 'silent' }),
});

/** The cluster a command talks to: `--kubeconfig`, else a running local one, else kubectl’s rules. Named on stderr. */
export async function connect(options: { kubeconfig?: string }): Promise<KubeClient> {
  const path = options.kubeconfig ?? localKubeconfig();
  const { client, context } = await (path === undefined
    ? defaultCluster()
    : clientFromKubeconfig({ kubeconfig: path }));
  process.stderr.write(`cluster: ${context}\n`);
  return client;
}

/** kubectl’s; where there is none, most likely a local one was meant that does not run. */
async function defaultCluster(): ReturnType<typeof clientFromKubeconfig> {
  try {
    return await clientFromKubeconfig();
  } catch (error) {
    if (!(error instanceof SympoziumError)) throw error;
    throw new SympoziumError(error.code, `${error.message} Or start a cluster here: \`npm start\`.`, { cause: error });
  }
}
