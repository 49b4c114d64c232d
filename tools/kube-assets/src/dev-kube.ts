import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Guardian } from '@sympozium/process';
import { Command } from './command.js';
import { startControlPlane, type ControlPlane } from './control-plane.js';
import { ensureKubeAssets } from './ensure-kube-assets.js';
import { goModule } from './find-kube-assets.js';

const DATA_DIR = '.sympozium';
/** config/rbac binds it. */
const USERS = [{ name: 'sympozium-operator' }];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

const say = (line: string): void => void process.stderr.write(`· ${line}\n`);

/**
 * `npm run dev:kube`: a Kubernetes control plane in the data folder and `sympozium dev` on it, until a signal ends
 * both. Arguments are those of `sympozium dev`. Resolves with the exit code.
 */
export async function devKube(args: readonly string[]): Promise<number> {
  const { folder, help } = readArguments(args);
  const guardian = new Guardian();
  guardian.start();
  const sympozium = (...more: string[]): Command => new Command(cli(), ['dev', ...more, ...args], guardian);
  try {
    if (help) return await sympozium().ended;
    const wrong = await sympozium('--check', '--kubeconfig', join(folder, 'kubeconfig')).ended;
    if (wrong !== 0) return wrong;
    return await run(folder, (cluster) =>
      sympozium('--virtual-node', '--kubeconfig', cluster.kubeconfig, '--credentials', cluster.credentials),
    );
  } finally {
    guardian.stop();
  }
}

/** The signal that ends the command ends a start; once the system runs, it gets it first, and then the control plane. */
async function run(folder: string, start: (cluster: ControlPlane) => Command): Promise<number> {
  const controller = new AbortController();
  let system: Command | undefined;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED); // the guardians end what is left
    controller.abort();
    void system?.stop();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  let cluster: ControlPlane | undefined;
  try {
    cluster = await startCluster(folder, controller.signal);
    system = start(cluster);
    return await Promise.race([system.ended, cluster.failed]);
  } catch (error) {
    if (controller.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    await system?.stop();
    await cluster?.stop();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

async function startCluster(folder: string, signal: AbortSignal): Promise<ControlPlane> {
  const assets = await ensureKubeAssets({ onProgress: say, signal });
  say('starting etcd, kube-apiserver, kube-controller-manager and kube-scheduler');
  return startControlPlane({ folder, assets, users: USERS, signal });
}

interface Arguments {
  readonly folder: string;
  readonly help: boolean;
}

/** Only what this command needs itself; `sympozium dev` gets and checks all of them. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      'data-dir': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const dataDir = values['data-dir'];
  return {
    folder: resolve(typeof dataDir === 'string' ? dataDir : DATA_DIR),
    help: values['help'] === true,
  };
}

const cli = (): string => resolve(goModule(), '../../../apps/cli/bin/sympozium.mjs');
