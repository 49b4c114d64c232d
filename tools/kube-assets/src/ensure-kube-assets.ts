import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import { BuildLock } from './build-lock.js';
import { cachedAssets, findKubeAssets, goModule, hostPlatform, kubernetesVersion } from './find-kube-assets.js';
import { buildBinaries, linkerFlags, requireGo } from './go-build.js';

const PACKAGES = [
  'go.etcd.io/etcd/server/v3',
  'k8s.io/kubernetes/cmd/kube-apiserver',
  'k8s.io/kubernetes/cmd/kube-controller-manager',
  'k8s.io/kubernetes/cmd/kube-scheduler',
] as const;

/** As Go names the first of the packages above. */
const ETCD_OUTPUT = 'server';
/** Packages that are compiled, with all that they import. */
const SIZE = 2_500;

type BuildOptions = EnsureOptions & Required<Pick<EnsureOptions, 'onProgress'>>;

export interface EnsureOptions {
  /** Called with a line for the user now and then while the binaries are built. */
  readonly onProgress?: (line: string) => void;
  /** Ends a build. */
  readonly signal?: AbortSignal;
}

/**
 * Folder with the control plane’s binaries; builds them with Go if they are not there yet, once for all starts that
 * ask at the same time. Throws `KUBE_ASSETS_MISSING` when that cannot be done.
 */
export async function ensureKubeAssets(options: EnsureOptions = {}): Promise<string> {
  const { onProgress = () => {}, signal } = options;
  const found = findKubeAssets();
  if (found !== undefined) return found;
  const module = goModule();
  await requireGo(module);
  const folder = cachedAssets(process.env, module, hostPlatform());
  const lock = new BuildLock(`${folder}.lock`);
  await lock.acquire(() => onProgress('another start is building the control plane; waiting for it'), signal);
  try {
    if (findKubeAssets() === undefined) await build(module, folder, { ...options, onProgress });
    return folder;
  } finally {
    lock.release();
  }
}

/** Builds beside the folder and renames, so that it is there whole or not at all. */
async function build(module: string, folder: string, options: BuildOptions): Promise<void> {
  const version = kubernetesVersion(readFileSync(join(module, 'go.mod'), 'utf8'));
  options.onProgress(
    `building etcd and Kubernetes ${version} with Go; this happens once and takes about ten minutes on two cores`,
  );
  const unfinished = `${folder}.building`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    const flags = linkerFlags(version);
    await buildBinaries({ module, packages: PACKAGES, flags, output: unfinished, size: SIZE, ...options });
    renameSync(join(unfinished, ETCD_OUTPUT), join(unfinished, 'etcd'));
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    options.signal?.throwIfAborted();
    throw asMissing(error, dirname(folder));
  }
}

function asMissing(error: unknown, cache: string): SympoziumError {
  return new SympoziumError(
    'KUBE_ASSETS_MISSING',
    `the control plane cannot be built into ${cache}: ${(error as Error).message}`,
    { cause: error },
  );
}
