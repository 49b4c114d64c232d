import { createWriteStream } from 'node:fs';
import { serverRunName, SympoziumError } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { createLogger, Guardian, systemClock } from '@sympozium/process';
import { claimRanges, createVirtualNode } from '@sympozium/virtual-node';
import { ask } from '../chat/ask.js';
import { informerTools } from '../cluster.js';
import { tellChanges } from '../commands/served.js';
import type { ChatCall } from '../curl-line.js';
import { tunnelTo } from '../tunnel/tunnel-to.js';
import { appBundle } from './app-bundles.js';
import { applyManifests } from './apply-manifests.js';
import { bundledManifests } from './bundled-manifests.js';
import { ChildApp } from './child-app.js';
import type { Cluster } from './cluster.js';
import type { Credentials } from './credentials.js';
import type { DataFolder } from './data-folder.js';
import { describeModel, type DemoModel } from './demo-model.js';
import { DEMO, DEMO_QUESTION, ensureDemoInstance, hasDemoInstance } from './demo.js';
import { parseImages } from './images.js';
import { installCrds } from './install-crds.js';
import type { Report } from './report.js';
import { servedDemo } from './served-demo.js';

export interface LocalSystemOptions {
  /** Connects to what it stands on, or starts it. */
  readonly openCluster: () => Promise<Cluster>;
  readonly model: DemoModel | undefined;
  readonly port: number;
  readonly image: readonly string[];
  readonly demo: boolean;
  readonly folder: DataFolder;
  readonly report: Report;
}

/** What the operator listens on: loopback alone, whatever the user’s environment says. */
const LOOPBACK = { HOST: '127.0.0.1', PORT: '0' };
/** Where the operator keeps what is its own; config/rbac/operator.yaml makes it. */
const OPERATOR_NAMESPACE = 'sympozium-system';
/** Who presses Ctrl-C waits for no drain: nobody is left to be led elsewhere. */
const SHUTDOWN_GRACE_MS = 500;
const AGENT_IMAGE = 'sympozium/agent-runner:0.1.0';
const WEB_PROXY_IMAGE = 'sympozium/web-proxy:0.1.0';

/** Virtual node and operator beside one API server; the operator stops first, then what it uses. */
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
    const { report, demo } = this.#options;
    const cluster = await this.#options.openCluster();
    this.#stops.push(() => cluster.stop());
    const { kubeconfig, credentials, client } = cluster;
    this.#stops.push(() => client.close());
    report.step(`installing the kinds; starting ${cluster.virtualNode ? 'virtual node and ' : ''}operator`);
    await this.#grant(client, credentials); // what the operator may do, it asks for once it starts
    const operator = this.#startOperator(credentials); // takes its time, and waits for its kinds
    const installed = Promise.all([
      cluster.ready,
      installCrds(client, bundledManifests()['charts/sympozium-crds/templates']),
    ]);
    const [call] = await Promise.all([
      installed.then(() => this.#serveDemo(client, kubeconfig, signal)),
      operator,
      installed.then(() => (cluster.virtualNode ? this.#startNode(cluster) : undefined)),
    ]);
    signal.throwIfAborted();
    if (call && demo) await this.#runDemo(call, signal);
    report.ready({ ...(call && { call }), kubeconfig });
  }

  /** Ends every process, also of a start that goes on; call it again when that has ended, too. */
  async stop(): Promise<void> {
    await Promise.all(this.#apps.splice(0).map((app) => app.stop()));
    for (const stop of this.#stops.splice(0).reverse()) await stop();
    this.#guardian.stop();
  }

  /** The operator’s namespace, and its rights unless it is the user of the kubeconfig. */
  async #grant(client: KubeClient, { ownUser }: Credentials): Promise<void> {
    const manifests = bundledManifests()['config/rbac/operator.yaml'];
    await applyManifests(client, ownUser ? manifests : manifests.filter(({ kind }) => kind === 'Namespace'));
  }

  async #startNode({ client, server: apiServer, credentials, nodeName }: Cluster): Promise<void> {
    const { report, folder, image } = this.#options;
    const logFile = folder.file('logs', 'virtual-node.log');
    const destination = createWriteStream(logFile, { flags: 'a' });
    const { ranges, release } = await claimRanges();
    const node = createVirtualNode({
      ranges,
      client,
      apiServer,
      folder: folder.path,
      images: new Map([
        [AGENT_IMAGE, [process.execPath, appBundle('agent-runner')]],
        // In a rollout its preStop hook lets the Service forget it, so it need not drain after SIGTERM as well.
        [WEB_PROXY_IMAGE, ['/usr/bin/env', 'DRAIN_MS=0', process.execPath, appBundle('web-proxy')]],
        ...parseImages(image),
      ]),
      kubelet: await credentials.kubelet(),
      ...(nodeName !== undefined && { nodeName }),
      shutdownGraceMs: SHUTDOWN_GRACE_MS,
      log: createLogger({ name: 'virtual-node', destination }),
    });
    this.#stops.push(() =>
      node
        .stop()
        .finally(release)
        .finally(() => destination.end()),
    );
    await node.start();
    report.detail(`${node.name}: log ${logFile}`);
  }

  async #startOperator({ operator: { args, env } }: Credentials): Promise<void> {
    const { report, folder } = this.#options;
    const logFile = folder.file('logs', 'operator.log');
    const app = new ChildApp({
      name: 'operator',
      bundle: appBundle('operator'),
      args,
      env: { ...LOOPBACK, ...env, POD_NAMESPACE: OPERATOR_NAMESPACE, LEADER_ELECTION: 'false' },
      logFile,
      guardian: this.#guardian,
    });
    this.#apps.push(app);
    app.failed.catch((error: Error) => this.#fail(error));
    report.detail(`operator: ${JSON.stringify(await app.ready)}, log ${logFile}`);
  }

  /** The demo behind the port of this machine; undefined if there is none, or if it cannot be served, which is told. */
  async #serveDemo(client: KubeClient, kubeconfig: string, signal: AbortSignal): Promise<ChatCall | undefined> {
    const { report, port, demo, model } = this.#options;
    signal.throwIfAborted();
    if (demo) report.step(describeModel(await ensureDemoInstance(client, model)));
    else if (!(await hasDemoInstance(client))) return undefined;
    report.step(`waiting for the server of instance ${DEMO.name}`);
    const run = { namespace: DEMO.namespace, name: serverRunName(DEMO.name) };
    const tunnel = tunnelTo(client, run, { kubeconfig, onProblem: (text) => report.detail(text) });
    this.#stops.push(() => tunnel.close());
    const onState = tellChanges(systemClock, (text) => report.step(text));
    try {
      return await servedDemo({ tools: informerTools(client), tunnel, port, onState, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SympoziumError) || error.code !== 'ENDPOINT_NOT_READY') throw error;
      report.problem(error.message);
      return undefined;
    }
  }

  /** A demo that goes wrong is told; the system serves nevertheless, so that one can look into it. */
  async #runDemo(call: ChatCall, signal: AbortSignal): Promise<void> {
    const { report } = this.#options;
    report.step('asking the demo instance; its answer streams:');
    try {
      for await (const text of ask(call, [{ role: 'user', content: DEMO_QUESTION }], signal)) report.delta(text);
      report.delta('\n');
    } catch (error) {
      signal.throwIfAborted();
      report.problem((error as Error).message);
    }
  }
}
