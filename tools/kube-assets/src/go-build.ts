import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SympoziumError } from '@sympozium/api';
import { Guardian } from '@sympozium/process';
import { BuildProgress } from './build-progress.js';

/** What go.mod asks for; a newer one is fine. */
const GO = { major: 1, minor: 26 } as const;

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
  /** Folder of the Go module that pins the sources. */
  readonly module: string;
  readonly packages: readonly string[];
  /** For the linker. */
  readonly flags: string;
  readonly tags?: readonly string[];
  /** A folder; each program gets its package’s last name. */
  readonly output: string;
  /** How many packages are compiled, about; for the user. */
  readonly size: number;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compiles programs: statically, so that the binaries run on any Linux of this architecture. Go and its compilers end
 * with the signal, and with this process.
 */
export async function buildBinaries(options: BuildOptions): Promise<void> {
  const { module, packages, flags, tags = [], output, size, onProgress, signal } = options;
  const how = ['-trimpath', '-buildvcs=false', `-tags=${tags.join(',')}`, `-ldflags=${flags}`];
  const args = ['build', '-v', ...how, '-o', `${output}/`, ...packages];
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const go = spawn('go', args, { cwd: module, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const guardian = new Guardian();
  guardian.start();
  if (go.pid !== undefined) guardian.watch(go.pid);
  const stop = (): void => guardian.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const progress = new BuildProgress(onProgress, Date.now, size);
  createInterface({ input: go.stderr }).on('line', (line) => progress.see(line));
  try {
    await ended(go, progress);
  } finally {
    if (go.pid !== undefined) guardian.forget(go.pid);
    guardian.stop();
    signal?.removeEventListener('abort', stop);
  }
}

async function ended(go: ChildProcess, { lastLines }: BuildProgress): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    go.once('error', reject);
    go.once('close', resolve);
  });
  if (code !== 0) throw new Error(`\`go build\` ended with exit code ${code}:\n${lastLines.join('\n')}`);
}
