import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SympoziumError } from '@sympozium/api';
import { Guardian } from '@sympozium/process';
import { BuildProgress } from './build-progress.js';

/** What go.mod asks for; a newer one is fine. */
const GO = { major: 1, minor: 26 } as const;

const PACKAGES = [
  'go.etcd.io/etcd/server/v3',
  'k8s.io/kubernetes/cmd/kube-apiserver',
  'k8s.io/kubernetes/cmd/kube-controller-manager',
  'k8s.io/kubernetes/cmd/kube-scheduler',
] as const;

/** As Go names the first of the packages above. */
const ETCD_OUTPUT = 'server';

/** Throws `KUBE_ASSETS_MISSING` unless a Go that is new enough builds in this folder. */
export async function requireGo(module: string): Promise<void> {
  const version = await goVersion(module);
  if (isNewEnough(version)) return;
  throw new SympoziumError(
    'KUBE_ASSETS_MISSING',
    `the control plane is built with Go ${GO.major}.${GO.minor} or newer, and here is ${version}. ` +
      'Install a newer Go, or set KUBEBUILDER_ASSETS to a folder with the binaries.',
  );
}

async function goVersion(module: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], { cwd: module });
    return stdout.trim();
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    const why = code === 'ENOENT' ? 'there is no `go` in PATH' : `\`go env\` says: ${stderr.trim().split('\n').at(-1)}`;
    throw new SympoziumError(
      'KUBE_ASSETS_MISSING',
      `the control plane’s binaries are not here, and they cannot be built: ${why}. ` +
        `Install Go ${GO.major}.${GO.minor} or newer, or set KUBEBUILDER_ASSETS to a folder with the binaries.`,
      { cause: error },
    );
  }
}

/** Whether a version such as `go1.26.8` is the one we need or a newer one. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > GO.major || (Number(major) === GO.major && Number(minor) >= GO.minor);
}

/** Flags that write Kubernetes’ version into binaries that were not built from its git repository. */
export function linkerFlags(version: string): string {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const set = (of: string, more = {}) => Object.entries({ ...values, ...more }).map(([k, v]) => `-X ${of}.${k}=${v}`);
  const server = set('k8s.io/component-base/version', { gitCommit: '', gitTreeState: 'clean' });
  return ['-s -w', ...server, ...set('k8s.io/client-go/pkg/version')].join(' ');
}

export interface BuildOptions {
  readonly module: string;
  readonly version: string;
  /** An empty folder. */
  readonly output: string;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compiles the control plane: statically, so that the binaries run on any Linux of this architecture. Go and its
 * compilers end with the signal, and with this process.
 */
export async function buildBinaries({ module, version, output, onProgress, signal }: BuildOptions): Promise<void> {
  const args = ['build', '-v', '-trimpath', '-ldflags', linkerFlags(version), '-o', `${output}/`, ...PACKAGES];
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const go = spawn('go', args, { cwd: module, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const guardian = new Guardian();
  guardian.start();
  if (go.pid !== undefined) guardian.watch(go.pid);
  const stop = (): void => guardian.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const progress = new BuildProgress(onProgress, Date.now);
  createInterface({ input: go.stderr }).on('line', (line) => progress.see(line));
  try {
    await ended(go, progress);
  } finally {
    if (go.pid !== undefined) guardian.forget(go.pid);
    guardian.stop();
    signal?.removeEventListener('abort', stop);
  }
  renameSync(join(output, ETCD_OUTPUT), join(output, 'etcd'));
}

async function ended(go: ChildProcess, { lastLines }: BuildProgress): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    go.once('error', reject);
    go.once('close', resolve);
  });
  if (code !== 0) throw new Error(`\`go build\` ended with exit code ${code}:\n${lastLines.join('\n')}`);
}
