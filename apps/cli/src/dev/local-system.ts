import { resolve } from 'node:path';
import type { KubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { createVirtualNode, type VirtualNode } from '@sympozium/virtual-node';
import { ensureApiKey } from './api-key.js';
import { appBundle, workspaceFile } from './app-bundles.js';
import { ChildApp } from './child-app.js';
import type { DataFolder } from './data-folder.js';
import { askDemo, DEMO_MODEL, ensureDemoInstance } from './demo.js';
import { parseImages } from './images.js';
import { installCrds } from './install-crds.js';
import type { Report } from './report.js';

export interface LocalSystemOptions {
  readonly kubeconfig: string;
  readonly virtualNode: boolean;
  readonly port: number;
  readonly image: readonly string[];
  readonly demo: boolean;
  readonly folder: DataFolder;
  readonly report: Report;
}

/** Virtual node, operator and web proxy beside one API server; started in this order, stopped in reverse. */
export class LocalSystem {
  readonly #options: LocalSystemOptions;
  readonly #stops: (() => Promise<void>)[] = [];
  /** Rejects when one of the processes ends by itself. */
  readonly failed: Promise<never>;
  #fail: (reason: Error) => void = () => {};

  constructor(options: LocalSystemOptions) {
    this.#options = options;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // read by whoever waits; nobody has to
  }

  async start(signal: AbortSignal): Promise<void> {
    const { report, folder, port, demo } = this.#options;
    const kubeconfig = resolve(this.#options.kubeconfig);
    const { client } = await clientFromKubeconfig({ kubeconfig });
    this.#stops.push(() => client.close());
    report.step('installing the kinds');
    await installCrds(client, workspaceFile('charts/sympozium-crds/crds'));
    if (this.#options.virtualNode) await this.#startNode(client);
    const keys = ensureApiKey(folder.file('keys'));
    const [, proxy] = await Promise.all([
      this.#startApp('operator', ['--kubeconfig', kubeconfig], { PORT: '0' }),
      this.#startApp('web-proxy', ['--kubeconfig', kubeconfig], {
        SYMPOZIUM_NAMESPACE: 'default',
        SYMPOZIUM_KEYS_DIR: keys.folder,
        HOST: '127.0.0.1',
        PORT: String(port),
        STREAM_PORT: '0',
        METRICS_PORT: '0',
      }),
    ]);
    const endpoint = `http://127.0.0.1:${String(proxy['port'] ?? port)}`;
    if (demo) await this.#runDemo(client, endpoint, keys.apiKey, signal);
    report.ready({ endpoint, apiKey: keys.apiKey, model: DEMO_MODEL, kubeconfig });
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  async #startNode(client: KubeClient): Promise<void> {
    const { report, folder, image } = this.#options;
    report.step('starting the virtual node');
    const agent: [string, readonly string[]] = ['sympozium/agent-runner:0.1.0', [process.execPath, appBundle('agent-runner')]];
    const node: VirtualNode = await createVirtualNode({
      client,
      folder: folder.path,
      images: new Map([agent, ...parseImages(image)]),
    });
    await node.start();
    this.#stops.push(() => node.stop());
  }

  async #startApp(
    name: 'operator' | 'web-proxy',
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { report, folder } = this.#options;
    report.step(`starting the ${name}`);
    const logFile = folder.file('logs', `${name}.log`);
    const app = new ChildApp({
      name,
      bundle: appBundle(name),
      args,
      env,
      logFile,
      onExit: (reason) => this.#fail(new Error(reason)),
    });
    this.#stops.push(() => app.stop());
    const ready = await app.ready();
    report.detail(`${name}: ${JSON.stringify(ready)}, log ${logFile}`);
    return ready;
  }

  async #runDemo(client: KubeClient, endpoint: string, apiKey: string, signal: AbortSignal): Promise<void> {
    const { report } = this.#options;
    await ensureDemoInstance(client);
    report.step('asking the demo agent (built-in echo provider, no model)');
    await askDemo(endpoint, apiKey, (text) => report.delta(text), signal);
    report.delta('\n');
  }
}
