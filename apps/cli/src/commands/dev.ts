import { SympoziumError } from '@sympozium/api';
import { DataFolder } from '../dev/data-folder.js';
import { LocalSystem } from '../dev/local-system.js';
import { Report } from '../dev/report.js';
import { nextSignal } from '../dev/signals.js';
import type { OutputOptions } from './options.js';

export interface DevOptions extends OutputOptions {
  readonly kubeconfig?: string;
  readonly virtualNode: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly image: readonly string[];
  readonly demo: boolean;
  readonly verbose: boolean;
}

/** `sympozium dev`: operator and web proxy as processes beside a cluster, until Ctrl-C. */
export async function dev(options: DevOptions): Promise<void> {
  if (options.kubeconfig === undefined)
    throw new SympoziumError(
      'SETTING_INVALID',
      'dev needs a cluster: `npm run dev:kube` starts one here, or name yours with --kubeconfig.',
    );
  const report = new Report(options.output, options.verbose);
  const folder = DataFolder.open(options.dataDir);
  const signal = nextSignal();
  const system = new LocalSystem({ ...options, kubeconfig: options.kubeconfig, folder, report });
  try {
    await Promise.race([system.start(signal.aborted), signal.received]);
    await Promise.race([signal.received, system.failed]);
  } finally {
    report.step('stopping');
    await system.stop();
    folder.release();
    signal.forget();
  }
}
