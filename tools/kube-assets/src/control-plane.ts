import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { livingOwner, systemRandom } from '@sympozium/process';
import { startPrograms, type Started } from './control-plane-start.js';
import { ensureKubeAssets } from './ensure-kube-assets.js';
import { BINARIES } from './find-kube-assets.js';
import { Layout } from './layout.js';
import { LOOPBACK, type Place } from './place.js';
import { Processes } from './processes.js';
import type { User } from './users.js';

export interface ControlPlaneOptions {
  /** Holds data, keys, logs and kubeconfigs; made if it is not there. Data of a former start is taken up. */
  readonly folder: string;
  /** Folder of the binaries; default: `ensureKubeAssets()`. */
  readonly assets?: string;
  /** Who else may speak to the API server. */
  readonly users?: readonly User[];
  /** false: etcd does not wait for the disk, for data that nobody misses. Default true. */
  readonly durable?: boolean;
  /** false: etcd and API server alone, so that nothing changes what a client writes. Default true. */
  readonly controllers?: boolean;
  /** Where it runs; default: on loopback, with nodes that are virtual. */
  readonly place?: Place;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** A running etcd, kube-apiserver, kube-controller-manager and kube-scheduler. */
export interface ControlPlane {
  /** e.g. `https://127.0.0.1:40123`. */
  readonly server: string;
  /** Path of the administrator’s kubeconfig. */
  readonly kubeconfig: string;
  /** Path of the audit log: JSON lines, level Metadata, written before a request is answered. */
  readonly auditLog: string;
  /** For a kubelet’s endpoint, PEM. */
  readonly kubelet: Started['kubelet'];
  /** Folder with the users’ kubeconfigs (`<user>.kubeconfig`) and the kubelet’s files, for `sympozium dev`. */
  readonly credentials: string;
  /** Rejects when one of the processes ends by itself. */
  readonly failed: Promise<never>;
  /** Path of the kubeconfig of one of the `users`. */
  kubeconfigFor(user: string): string;
  /** Ends the processes. The folder stays. */
  stop(): Promise<void>;
}

/**
 * Starts a Kubernetes control plane of its own; several may run on loopback at a time, each in its folder. It is ready
 * when Pods can be created in the namespace `default`. Whatever ends this process ends the control plane, too.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { users = [], durable = true, controllers = true, place = LOOPBACK, signal } = options;
  const assets = options.assets ?? (await ensureKubeAssets(signal ? { signal } : {}));
  const layout = new Layout(resolve(options.folder));
  takeFolder(layout);
  const processes = new Processes(layout, assets, place.enter);
  const stop = async (): Promise<void> => {
    await processes.stop();
    rmSync(layout.lock, { force: true });
  };
  try {
    const settings = {
      layout,
      processes,
      random: systemRandom,
      users,
      durable,
      controllers,
      place,
      ...(signal ? { signal } : {}),
    };
    const started = await startPrograms(settings);
    const kubeconfigFor = (name: string): string => {
      if (users.some((user) => user.name === name)) return layout.userKubeconfig(name);
      throw new Error(`the control plane was not started with a user ${name}`);
    };
    const { kubeconfig, auditLog, run: credentials } = layout;
    return { ...started, kubeconfig, auditLog, credentials, failed: processes.failed, kubeconfigFor, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One control plane a folder. What is left of a start that did not end well goes, but for the data. */
function takeFolder(layout: Layout): void {
  mkdirSync(layout.folder, { recursive: true, mode: 0o700 });
  const owner = livingOwner(layout.lock);
  if (owner !== undefined)
    throw new SympoziumError(
      'SETTING_INVALID',
      `${layout.folder} is in use by process ${owner}. Stop that, or choose another folder.`,
    );
  writeFileSync(layout.lock, String(process.pid));
  rmSync(layout.run, { recursive: true, force: true });
  for (const folder of [layout.data, layout.run, layout.logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of BINARIES) rmSync(layout.log(name), { force: true });
}
