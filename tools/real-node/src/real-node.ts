import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { startControlPlane, type ControlPlane, type Place, type User } from '@sympozium/kube-assets';
import { allOf } from './all-of.js';
import { choosePlan, type AddressPlan } from './address-plan.js';
import { DEPLOYMENT, hasCondition, NODE } from './conditions.js';
import { Containerd, type NodeContainer } from './containerd.js';
import { archiveOf, IMAGES, type NodeImage } from './images.js';
import { applyObjects, readObjects } from './manifests.js';
import { MACHINE } from './names.js';
import { Namespaces } from './namespaces.js';
import type { NodeAssets } from './node-assets.js';
import { claimMachine } from './node-claim.js';
import { CONFIG_FOLDER, KUBE_PROXY, KUBELET, NODE_NAME, renderConfig } from './node-config.js';
import { NodePrograms } from './node-programs.js';
import { projectFile } from './project-file.js';
import { accepts } from './accepts.js';
import { nodeSupported } from './supported.js';
import { waitUntil, type WaitOptions } from './wait.js';

export interface RealNodeOptions {
  /** Made if it is not there; a start deletes what a former one left in it. */
  readonly folder: string;
  /** Of `ensureNodeAssets()`. */
  readonly assets: NodeAssets;
  /** Archives whose images Pods can run from the start. */
  readonly images?: readonly string[];
  /** Who else may speak to the API server. */
  readonly users?: readonly User[];
  readonly onProgress?: (line: string) => void;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** A running Kubernetes cluster of one node with kubelet, containerd and runc. NetworkPolicies are not enforced. */
export interface RealNode {
  /** Path of the administrator’s kubeconfig. */
  readonly kubeconfig: string;
  /** The API server’s URL, for this machine and for Pods. */
  readonly server: string;
  /** Path of the audit log: JSON lines, level Metadata, written before a request is answered. */
  readonly auditLog: string;
  /** The node’s name. */
  readonly name: string;
  readonly folder: string;
  /** This machine’s address as Pods reach it. */
  readonly host: string;
  /** Command that runs the program after it inside the node, also for another process of this machine. */
  readonly enter: readonly string[];
  readonly assets: NodeAssets;
  /** Rejects when one of the node’s programs ends by itself. */
  readonly failed: Promise<never>;
  /** Path of the kubeconfig of one of the `users`. */
  kubeconfigFor(user: string): string;
  /** Makes the images of an OCI archive known to the node under their names; Pods need another pull policy than `Always`. */
  importImage(archive: string): Promise<void>;
  /** Every container of a Pod, those that ended included. */
  containers(): Promise<readonly NodeContainer[]>;
  /** Ends every process, and takes back mounts, network and cgroups. The folder stays, for its logs. */
  stop(): Promise<void>;
}

const START_WITHIN_MS = 120_000;
const API_PORT = 6443;

/**
 * Starts a node on this machine, in namespaces of its own that end with this process, however that ends. Pods, Services
 * and API server are reached from this machine; nothing in the node reaches another network. It is ready when Pods run
 * and names resolve.
 */
export async function startRealNode(options: RealNodeOptions): Promise<RealNode> {
  const refused = nodeSupported();
  if (refused !== undefined) throw new SympoziumError('KUBE_ASSETS_MISSING', refused);
  const folder = resolve(options.folder);
  const release = claimMachine(folder);
  const stops: (() => unknown)[] = [release];
  const stop = (): Promise<void> => undoAll(stops);
  try {
    return { ...(await start({ ...options, folder }, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In the reverse order; one that fails keeps none from being undone. */
async function undoAll(stops: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const undo of stops.splice(0).reverse())
    try {
      await undo();
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
}

/** What is to be undone is put on `stops`. */
async function start(options: RealNodeOptions, stops: (() => unknown)[]): Promise<Omit<RealNode, 'stop'>> {
  const { folder, assets, onProgress = () => {} } = options;
  const plan = planHere();
  prepareFolder(folder, plan);

  onProgress('starting the node’s namespaces, control plane and containerd');
  const namespaces = await Namespaces.create({ folder, bin: assets.bin });
  const programs = new NodePrograms(namespaces, plan, join(folder, 'logs'));
  stops.push(() => stopNode(namespaces, programs));
  await namespaces.connect(plan);
  const containerd = new Containerd(namespaces.node);
  programs.start('containerd');
  const [controlPlane] = await allOf(options.signal, [
    (signal) => startPlane({ ...options, signal }, { plan, namespaces, stops }),
    (signal) => fillContainerd(containerd, programs, { ...options, signal }),
  ]);

  onProgress('starting kubelet and kube-proxy');
  programs.start('kube-proxy');
  programs.start('kubelet');
  const failed = Promise.race([programs.failed, controlPlane.failed]);
  failed.catch(() => {}); // for whoever waits; nobody has to
  await untilReady(controlPlane.kubeconfig, plan, { failed, ...(options.signal ? { signal: options.signal } : {}) });
  return {
    kubeconfig: controlPlane.kubeconfig,
    server: controlPlane.server,
    auditLog: controlPlane.auditLog,
    kubeconfigFor: controlPlane.kubeconfigFor,
    name: NODE_NAME,
    host: plan.host,
    folder,
    enter: namespaces.node,
    assets,
    failed,
    importImage: (archive) => containerd.importImage(archive),
    containers: () => containerd.containers(),
  };
}

function planHere(): AddressPlan {
  const text = execFileSync('ip', ['-json', '-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' });
  const routes = (JSON.parse(text) as { dst: string; dev?: string }[]).filter(({ dev }) => dev !== MACHINE.link);
  const chosen = choosePlan(routes.map(({ dst }) => dst));
  if (chosen !== undefined) return chosen;
  throw new SympoziumError('SETTING_INVALID', 'each range of addresses that a real node could take is routed already.');
}

function prepareFolder(folder: string, plan: AddressPlan): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const former of ['node', 'data', 'logs']) rmSync(join(folder, former), { recursive: true, force: true });
  mkdirSync(join(folder, 'logs'), { mode: 0o700 });
  for (const [name, text] of Object.entries(renderConfig(plan))) {
    const path = join(folder, CONFIG_FOLDER, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

interface PlaneOptions {
  readonly plan: AddressPlan;
  readonly namespaces: Namespaces;
  readonly stops: (() => unknown)[];
}

async function startPlane(options: RealNodeOptions, { plan, namespaces, stops }: PlaneOptions): Promise<ControlPlane> {
  const { folder, assets, users = [], signal } = options;
  const place: Place = {
    enter: namespaces.network,
    address: plan.node,
    port: API_PORT,
    serviceRange: plan.services,
    serviceAddress: plan.kubernetes,
    kubeletHosts: [NODE_NAME, plan.node],
    realNodes: true,
  };
  const controlPlane = await startControlPlane({
    folder,
    assets: assets.controlPlane,
    users: [KUBELET, KUBE_PROXY, ...users],
    durable: false,
    place,
    ...(signal ? { signal } : {}),
  });
  stops.push(() => controlPlane.stop());
  return controlPlane;
}

const NODE_IMAGES: readonly NodeImage[] = ['pause', 'coredns'];

async function fillContainerd(containerd: Containerd, programs: NodePrograms, options: RealNodeOptions): Promise<void> {
  const { assets, images = [], signal } = options;
  const wait = { failed: programs.failed, withinMs: START_WITHIN_MS, ...(signal ? { signal } : {}) };
  await waitUntil(() => containerd.isReady(), { what: 'ready: containerd', ...wait });
  const own = NODE_IMAGES.map((image) => join(assets.images, archiveOf(image)));
  for (const archive of [...own, ...images]) await containerd.importImage(archive);
}

type Waiting = Pick<WaitOptions, 'failed' | 'signal'>;

async function untilReady(kubeconfig: string, plan: AddressPlan, waiting: Waiting): Promise<void> {
  const { client } = await clientFromKubeconfig({ kubeconfig });
  const wait = { ...waiting, withinMs: START_WITHIN_MS };
  try {
    // A Pod that asks for a Service before kube-proxy knows it waits for half a minute.
    const service = { host: plan.kubernetes, port: 443 };
    await waitUntil(() => accepts(service), { what: 'reached through its Service: the API server', ...wait });
    await applyObjects(
      client,
      readObjects(projectFile('manifests/node.yaml'), { COREDNS: IMAGES.coredns, DNS: plan.dns }),
    );
    const node = { name: NODE_NAME };
    await waitUntil(() => hasCondition(client, NODE, node, 'Ready'), { what: 'Ready: the node', ...wait });
    const dns = { namespace: 'kube-system', name: 'coredns' };
    await waitUntil(() => hasCondition(client, DEPLOYMENT, dns, 'Available'), { what: 'Available: CoreDNS', ...wait });
  } finally {
    await client.close();
  }
}

/** At once: whatever runs in the node is not to be kept. */
async function stopNode(namespaces: Namespaces, programs: NodePrograms): Promise<void> {
  programs.expectEnd();
  const wrong = await namespaces.end();
  await programs.ended();
  if (wrong !== undefined) throw new SympoziumError('PROCESS_ENDED', `the node did not end well: ${wrong}`);
}
