import { SympoziumError } from '@sympozium/api';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { resolve } from 'node:path';
import { credentialsIn, sharedCredentials } from '../dev/credentials.js';
import { startEmbeddedCluster, type Cluster } from '../dev/cluster.js';
import { DataFolder } from '../dev/data-folder.js';
import { chooseModel, type ModelChoice } from '../dev/demo-model.js';
import { parseImages } from '../dev/images.js';
import { requireFreePort } from '../local-port.js';
import { LocalSystem } from '../dev/local-system.js';
import { Report } from '../dev/report.js';
import { nextSignal } from '../signals.js';
import type { OutputOptions } from './options.js';

export interface DevOptions extends OutputOptions, ModelChoice {
  readonly kubeconfig?: string;
  readonly credentials?: string;
  readonly virtualNode?: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly fresh?: boolean;
  readonly image?: readonly string[];
  readonly demo: boolean;
  readonly verbose?: boolean;
  readonly check?: boolean;
}

/** Exit code of a start that a signal ended; afterwards a signal is the normal end. */
const INTERRUPTED = 130;

/**
 * `sympozium dev`: the embedded API and a virtual node, or else the cluster of `--kubeconfig`; the operator as a
 * process beside it, and a port that leads to the demo, until Ctrl-C.
 */
export async function dev(options: DevOptions): Promise<void> {
  const { image = [], verbose = false } = options;
  requireOneCluster(options);
  parseImages(image);
  await requireFreePort(options.port);
  if (options.check) return void DataFolder.prepare(options.dataDir);
  const model = options.demo ? await chooseModel(options, process.env) : undefined;
  const report = new Report(options.output, verbose);
  const folder = DataFolder.open(options.dataDir);
  try {
    if (options.fresh) folder.clear();
    const openCluster = (): Promise<Cluster> => open(options, folder, report);
    await serve(new LocalSystem({ ...options, image, openCluster, model, folder, report }), report);
  } finally {
    folder.release();
  }
}

function requireOneCluster({ kubeconfig, credentials, virtualNode, fresh }: DevOptions): void {
  if (kubeconfig === undefined && (credentials !== undefined || virtualNode))
    throw new SympoziumError(
      'USAGE',
      '--credentials and --virtual-node go with --kubeconfig; without it dev brings its own API and node.',
    );
  if (kubeconfig !== undefined && fresh)
    throw new SympoziumError(
      'USAGE',
      '--fresh forgets the state of the embedded API; a cluster of --kubeconfig keeps its own.',
    );
}

async function open(options: DevOptions, folder: DataFolder, report: Report): Promise<Cluster> {
  const { virtualNode = false, credentials } = options;
  if (options.kubeconfig === undefined) {
    report.step('starting the embedded Kubernetes API');
    return startEmbeddedCluster(folder);
  }
  const kubeconfig = resolve(options.kubeconfig);
  const { client, connection } = await clientFromKubeconfig({ kubeconfig });
  return {
    kubeconfig,
    client,
    server: connection.server,
    virtualNode,
    credentials: credentials === undefined ? sharedCredentials(kubeconfig) : credentialsIn(resolve(credentials)),
    ready: Promise.resolve(),
    stop: async () => {},
  };
}

async function serve(system: LocalSystem, report: Report): Promise<void> {
  const signal = nextSignal();
  const started = system.start(signal.aborted);
  try {
    await Promise.race([started, signal.received, system.failed]);
    if (signal.aborted.aborted) process.exitCode = INTERRUPTED;
    await Promise.race([signal.received, system.failed]);
    report.step('stopping');
  } finally {
    await system.stop();
    await started.catch(() => {}); // told already, or given up
    await system.stop();
    signal.forget();
  }
}
