import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { SympoziumError } from '@sympozium/api';

/** The programs of a control plane. */
export const BINARIES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export type Binary = (typeof BINARIES)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** A platform that Go builds for. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** Folder of the Go module that pins the sources; it stands in the same place for sources, `dist` and bundles. */
export function goModule(from: string = import.meta.dirname): string {
  const folder = join(from, 'go');
  if (existsSync(join(folder, 'go.mod'))) return folder;
  if (dirname(from) === from) throw new Error('tools/kube-assets/go/go.mod is missing; the checkout is incomplete');
  return goModule(dirname(from));
}

/** A module’s version as go.mod pins it, e.g. `v1.37.2`. */
export function pinnedVersion(goMod: string, module: string): string {
  const required = goMod.split('\n').map((line) => line.trim().replace(/^require /, ''));
  const version = required.find((line) => line.startsWith(`${module} `))?.split(' ')[1];
  if (version === undefined) throw new Error(`go.mod does not require ${module}`);
  return version;
}

/** Kubernetes’ version as go.mod pins it. */
export const kubernetesVersion = (goMod: string): string => pinnedVersion(goMod, 'k8s.io/kubernetes');

/** This machine as Go names it. */
export const hostPlatform = (): Platform => ({
  os: process.platform,
  arch: process.arch === 'x64' ? 'amd64' : process.arch,
});

/** Root of what this workspace caches outside of itself. */
export function cacheRoot(env: Environment): string {
  return env['SYMPOZIUM_CACHE_DIR'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sympozium');
}

/** Where the binaries built from these module files for this platform stand: other sources, another folder. */
export function cachedAssets(env: Environment, module: string, { os, arch }: Platform): string {
  const goMod = readFileSync(join(module, 'go.mod'), 'utf8');
  const goSum = readFileSync(join(module, 'go.sum'), 'utf8');
  const sources = createHash('sha256').update(goMod).update('\0').update(goSum).digest('hex').slice(0, 12);
  return join(cacheRoot(env), 'kube-assets', `${kubernetesVersion(goMod)}-${sources}-${os}-${arch}`);
}

const missingBinaries = (folder: string): Binary[] => BINARIES.filter((name) => !existsSync(join(folder, name)));

/**
 * Folder with the control plane’s binaries: `KUBEBUILDER_ASSETS` if it is set, else what was built here before, else
 * nothing. Throws `KUBE_ASSETS_MISSING` when `KUBEBUILDER_ASSETS` names a folder that lacks some.
 */
export function findKubeAssets(env: Environment = process.env): string | undefined {
  const given = env['KUBEBUILDER_ASSETS'];
  if (given) {
    const missing = missingBinaries(given);
    if (missing.length === 0) return given;
    throw new SympoziumError(
      'KUBE_ASSETS_MISSING',
      `KUBEBUILDER_ASSETS is ${given}, which lacks ${missing.join(', ')}. ` +
        'Put them there, or unset the variable to build them with Go.',
    );
  }
  const cached = cachedAssets(env, goModule(), hostPlatform());
  return missingBinaries(cached).length === 0 ? cached : undefined;
}
