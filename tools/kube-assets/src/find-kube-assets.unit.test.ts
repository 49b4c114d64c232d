import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BINARIES,
  cachedAssets,
  findKubeAssets,
  goModule,
  hostPlatform,
  kubernetesVersion,
} from './find-kube-assets.js';

const LINUX = { os: 'linux', arch: 'amd64' };
let root: string;

beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'kube-assets-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function folderWith(path: string, names: readonly string[]): string {
  mkdirSync(path, { recursive: true });
  for (const name of names) writeFileSync(join(path, name), '');
  return path;
}

function module(goMod: string, goSum = ''): string {
  const folder = mkdtempSync(join(root, 'go-'));
  writeFileSync(join(folder, 'go.mod'), goMod);
  writeFileSync(join(folder, 'go.sum'), goSum);
  return folder;
}

const requires = (version: string): string => `module m\n\nrequire (\n\tk8s.io/kubernetes ${version} // indirect\n)\n`;

describe('findKubeAssets', () => {
  it('takes KUBEBUILDER_ASSETS before what was built here', () => {
    const given = folderWith(join(root, 'given'), BINARIES);
    const env = { SYMPOZIUM_CACHE_DIR: root, KUBEBUILDER_ASSETS: given };
    folderWith(cachedAssets(env, goModule(), hostPlatform()), BINARIES);
    expect(findKubeAssets(env)).toBe(given);
  });

  it('names what KUBEBUILDER_ASSETS lacks instead of falling back in silence', () => {
    const given = folderWith(join(root, 'given'), ['etcd', 'kube-apiserver']);
    expect(() => findKubeAssets({ KUBEBUILDER_ASSETS: given })).toThrow(
      expect.objectContaining({
        code: 'KUBE_ASSETS_MISSING',
        message: expect.stringContaining('lacks kube-controller-manager, kube-scheduler'),
      }),
    );
  });

  it('takes a built folder only when it is whole', () => {
    const env = { SYMPOZIUM_CACHE_DIR: root };
    const cached = cachedAssets(env, goModule(), hostPlatform());
    expect(findKubeAssets(env)).toBeUndefined();
    folderWith(cached, BINARIES.slice(1));
    expect(findKubeAssets(env)).toBeUndefined();
    folderWith(cached, BINARIES);
    expect(findKubeAssets(env)).toBe(cached);
  });
});

describe('cachedAssets', () => {
  it('stands under SYMPOZIUM_CACHE_DIR, else XDG_CACHE_HOME, else ~/.cache', () => {
    const go = module(requires('v1.37.2'));
    expect(cachedAssets({ SYMPOZIUM_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' }, go, LINUX)).toMatch(/^\/a\/kube-assets\//);
    expect(cachedAssets({ XDG_CACHE_HOME: '/b' }, go, LINUX)).toMatch(/^\/b\/sympozium\/kube-assets\//);
    expect(cachedAssets({}, go, LINUX)).toMatch(
      /\/\.cache\/sympozium\/kube-assets\/v1\.37\.2-[0-9a-f]{12}-linux-amd64$/,
    );
  });

  it('is another one for other sources and another platform', () => {
    const folders = [
      cachedAssets({}, module(requires('v1.37.2')), LINUX),
      cachedAssets({}, module(requires('v1.37.3')), LINUX),
      cachedAssets({}, module(requires('v1.37.2'), 'other sums'), LINUX),
      cachedAssets({}, module(requires('v1.37.2')), { os: 'darwin', arch: 'arm64' }),
    ];
    expect(new Set(folders).size).toBe(4);
    expect(cachedAssets({}, module(requires('v1.37.2')), LINUX)).toBe(folders[0]);
  });
});

describe('kubernetesVersion', () => {
  it('reads what this workspace pins', () => {
    expect(kubernetesVersion(readFileSync(join(goModule(), 'go.mod'), 'utf8'))).toMatch(/^v1\.37\.\d+$/);
  });

  it('refuses a module without Kubernetes', () => {
    expect(() => kubernetesVersion('module m\n')).toThrow(/does not require/);
  });
});
