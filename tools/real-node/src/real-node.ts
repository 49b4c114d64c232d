import { resolve } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { allOf } from './all-of.js';
import { Containerd, type NodeContainer } from './containerd.js';
import { fillContainerd } from './fill-containerd.js';
import { Namespaces } from './namespaces.js';
import type { NodeAssets } from './node-assets.js';
import { claimMachine } from './node-claim.js';
import { NODE_NAME } from './node-config.js';
import { startNodeControlPlane } from './node-control-plane.js';
import { logsOf, prepareFolder } from './node-folder.js';
import { NodePrograms } from './node-programs.js';
import { makeReady } from './node-ready.js';
import { planHere } from './plan-here.js';
import { nodeSupported } from './supported.js';
import type { RealNodeOptions } from './real-node-options.js';
import { undoAll } from './undo-all.js';

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

/** What is to be undone is put on `stops`. */
async function start(options: RealNodeOptions, stops: (() => unknown)[]): Promise<Omit<RealNode, 'stop'>> {
  const { folder, assets, onProgress = () => {} } = options;
  const plan = planHere();
  prepareFolder(folder, plan);

  onProgress('starting the node’s namespaces, control plane and containerd');
  const namespaces = await Namespaces.create({ folder, bin: assets.bin });
  const programs = new NodePrograms(namespaces, plan, logsOf(folder));
  stops.push(() => stopNode(namespaces, programs));
  await namespaces.connect(plan);
  const containerd = new Containerd(namespaces.node);
  programs.start('containerd');
  const [controlPlane] = await allOf(options.signal, [
    async (signal) => {
      const started = await startNodeControlPlane({ ...options, signal }, plan, namespaces);
      stops.push(() => started.stop());
      return started;
    },
    (signal) => fillContainerd(containerd, programs.failed, { ...options, signal }),
  ]);

  onProgress('starting kubelet and kube-proxy');
  programs.start('kube-proxy');
  programs.start('kubelet');
  const failed = Promise.race([programs.failed, controlPlane.failed]);
  failed.catch(() => {}); // for whoever waits; nobody has to
  await makeReady(controlPlane.kubeconfig, plan, { failed, ...(options.signal ? { signal: options.signal } : {}) });
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

/** At once: whatever runs in the node is not to be kept. */
async function stopNode(namespaces: Namespaces, programs: NodePrograms): Promise<void> {
  programs.expectEnd();
  const wrong = await namespaces.end();
  await programs.ended();
  if (wrong !== undefined) throw new SympoziumError('PROCESS_ENDED', `the node did not end well: ${wrong}`);
}
