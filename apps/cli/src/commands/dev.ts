import { SympoziumError } from '@sympozium/api';
import { resolve } from 'node:path';
import { credentialsIn, sharedCredentials } from '../dev/credentials.js';
import { DataFolder } from '../dev/data-folder.js';
import { parseImages } from '../dev/images.js';
import { requireFreePort } from '../local-port.js';
import { LocalSystem } from '../dev/local-system.js';
import { Report } from '../dev/report.js';
import { nextSignal } from '../signals.js';
import type { OutputOptions } from './options.js';

export interface DevOptions extends OutputOptions {
  readonly kubeconfig?: string;
  readonly credentials?: string;
  readonly virtualNode: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly image: readonly string[];
  readonly demo: boolean;
  readonly verbose: boolean;
  readonly check: boolean;
}

/** Exit code of a start that a signal ended; afterwards a signal is the normal end. */
const INTERRUPTED = 130;

/** `sympozium dev`: the operator as a process beside a cluster, and a port that leads to the demo, until Ctrl-C. */
export async function dev(options: DevOptions): Promise<void> {
  const kubeconfig = requireCluster(options);
  parseImages(options.image);
  await requireFreePort(options.port);
  if (options.check) return void DataFolder.prepare(options.dataDir);
  const credentials =
    options.credentials === undefined ? sharedCredentials(kubeconfig) : credentialsIn(resolve(options.credentials));
  const report = new Report(options.output, options.verbose);
  const folder = DataFolder.open(options.dataDir);
  try {
    await serve(new LocalSystem({ ...options, kubeconfig, credentials, folder, report }), report);
  } finally {
    folder.release();
  }
}

function requireCluster({ kubeconfig }: DevOptions): string {
  if (kubeconfig !== undefined) return resolve(kubeconfig);
  throw new SympoziumError(
    'SETTING_INVALID',
    'dev needs a cluster: `npm run dev:kube` starts one here, or name yours with --kubeconfig.',
  );
}

async function serve(system: LocalSystem, report: Report): Promise<void> {
  const signal = nextSignal();
  const started = system.start(signal.aborted);
  try {
    await Promise.race([started, signal.received, system.failed]);
    if (signal.aborted.aborted) process.exitCode = INTERRUPTED;
    await Promise.race([signal.received, system.failed]);
  } finally {
    report.step('stopping');
    await system.stop();
    await started.catch(() => {}); // told already, or given up
    await system.stop();
    signal.forget();
  }
}
