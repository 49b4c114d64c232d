import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import type { KubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { createLogger, Guardian } from '@sympozium/process';
import { createVirtualNode } from '@sympozium/virtual-node';
import { ensureApiKey } from './api-key.js';
import { appBundle, workspaceFile } from './app-bundles.js';
import { applyManifests } from './apply-manifests.js';
import { ChildApp, type ReadyLine } from './child-app.js';
import type { Credentials } from './credentials.js';
import type { DataFolder } from './data-folder.js';
import { askDemo, DEMO_MODEL, ensureDemoInstance } from './demo.js';
import { parseImages } from './images.js';
import { installCrds } from './install-crds.js';
import type { Report } from './report.js';

export interface LocalSystemOptions {
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  readonly virtualNode: boolean;
  readonly port: number;
  readonly image: readonly string[];
  readonly demo: boolean;
  readonly folder: DataFolder;
  readonly report: Report;
}

type App = 'operator' | 'web-proxy';

/** What the apps listen on: loopback alone, whatever the user’s environment says. */
const LOOPBACK = { HOST: '127.0.0.1' };
const AGENT_IMAGE = 'sympozium/agent-runner:0.1.0';

/** Virtual node, operator and web proxy beside one API server; the apps stop first, then what they use. */
export class LocalSystem {
  readonly #options: LocalSystemOptions;
  readonly #guardian = new Guardian();
  readonly #apps: ChildApp[] = [];
  readonly #stops: (() => Promise<unknown>)[] = [];
  /** Rejects when one of the processes ends by itself. */
  readonly failed: Promise<never>;
  #fail: (reason: Error) => void = () => {};

  constructor(options: LocalSystemOptions) {
    this.#options = options;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // for whoever waits; nobody has to
    this.#guardian.start();
  }

  /** Resolves when the system answers requests. Rejects when the signal comes first; then stop it. */
  async start(signal: AbortSignal): Promise<void> {
    const { report, folder, port, demo, virtualNode } = this.#options;
    const kubeconfig = resolve(this.#options.kubeconfig);
    const { client, connection } = await clientFromKubeconfig({ kubeconfig });
    this.#stops.push(() => client.close());
    await this.#install(client);
    signal.throwIfAborted();
    report.step(`starting ${virtualNode ? 'virtual node, ' : ''}operator and web proxy`);
    const keys = ensureApiKey(folder.file('keys'));
    const [proxy] = await Promise.all([
      this.#startApp('web-proxy', {
        SYMPOZIUM_NAMESPACE: 'default',
        SYMPOZIUM_KEYS_DIR: keys.folder,
        PORT: String(port),
        STREAM_HOST: '127.0.0.1',
        STREAM_PORT: '0',
        METRICS_PORT: '0',
        DRAIN_MS: '0', // no load balancer has to notice first
        GRACE_MS: '2000',
      }),
      this.#startApp('operator', { PORT: '0' }),
      virtualNode ? this.#startNode(client, connection.server) : undefined,
      demo ? ensureDemoInstance(client) : undefined,
    ]);
    signal.throwIfAborted();
    const origin = `http://127.0.0.1:${String(proxy['port'] ?? port)}`;
    if (demo) await this.#runDemo(origin, keys.apiKey, signal);
    report.ready({ endpoint: `${origin}/v1`, apiKey: keys.apiKey, model: DEMO_MODEL, kubeconfig });
  }

  /** Ends every process, also of a start that goes on; call it again when that has ended, too. */
  async stop(): Promise<void> {
    await Promise.all(this.#apps.splice(0).map((app) => app.stop()));
    for (const stop of this.#stops.splice(0).reverse()) await stop();
    this.#guardian.stop();
  }

  async #install(client: KubeClient): Promise<void> {
    const { report, credentials } = this.#options;
    report.step('installing the kinds');
    const rights = credentials.ownUsers ? ['operator', 'web-proxy'] : [];
    await Promise.all([
      installCrds(client, workspaceFile('charts/sympozium-crds/crds')),
      ...rights.map((app) => applyManifests(client, workspaceFile(`config/rbac/${app}.yaml`))),
    ]);
  }

  async #startNode(client: KubeClient, apiServer: string): Promise<void> {
    const { report, folder, image, credentials } = this.#options;
    const logFile = folder.file('logs', 'virtual-node.log');
    const destination = createWriteStream(logFile, { flags: 'a' });
    const node = createVirtualNode({
      client,
      apiServer,
      folder: folder.path,
      images: new Map([[AGENT_IMAGE, [process.execPath, appBundle('agent-runner')]], ...parseImages(image)]),
      kubelet: await credentials.kubelet(),
      log: createLogger({ name: 'virtual-node', destination }),
    });
    this.#stops.push(() => node.stop().finally(() => destination.end()));
    await node.start();
    report.detail(`${node.name}: log ${logFile}`);
  }

  async #startApp(name: App, env: Readonly<Record<string, string>>): Promise<ReadyLine> {
    const { report, folder, credentials } = this.#options;
    const logFile = folder.file('logs', `${name}.log`);
    const app = new ChildApp({
      name,
      bundle: appBundle(name),
      args: ['--kubeconfig', credentials.kubeconfigOf(name)],
      env: { ...LOOPBACK, ...env },
      logFile,
      guardian: this.#guardian,
    });
    this.#apps.push(app);
    app.failed.catch((error: Error) => this.#fail(error));
    const ready = await app.ready;
    report.detail(`${name}: ${JSON.stringify(ready)}, log ${logFile}`);
    return ready;
  }

  /** A demo that goes wrong is told; the system serves nevertheless, so that one can look into it. */
  async #runDemo(origin: string, apiKey: string, signal: AbortSignal): Promise<void> {
    const { report } = this.#options;
    report.step('asking the demo instance; its answer streams:');
    try {
      await askDemo(origin, apiKey, (text) => report.delta(text), signal);
      report.delta('\n');
    } catch (error) {
      signal.throwIfAborted();
      report.problem((error as Error).message);
    }
  }
}
