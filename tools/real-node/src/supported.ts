import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What decides whether a node can run on a machine. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Effective user id. */
  readonly user: number | undefined;
  hasProgram(name: string): boolean;
  hasFile(path: string): boolean;
  /** Whether this process may make namespaces and mounts. */
  mayUnshare(): boolean;
}

/** Where Debian’s containernetworking-plugins puts them. */
export const CNI_PLUGINS = '/usr/lib/cni';

/** What a node calls, and the Debian package that has it. */
const PROGRAMS = [
  ['runc', 'runc'],
  ['iptables', 'iptables'],
  ['conntrack', 'conntrack'],
  ['ip', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['ldd', 'libc-bin'],
  ['python3', 'python3'],
  ['pip', 'python3-pip'],
] as const;

/** Why a real node cannot run on this machine, in one sentence; undefined if it can. */
export function nodeSupported(machine: Machine = thisMachine): string | undefined {
  if (machine.platform !== 'linux' || machine.arch !== 'x64')
    return `a real node runs on Linux on x64, and this is ${machine.platform} on ${machine.arch}.`;
  if (machine.user !== 0) return 'a real node mounts and makes networks, so it runs as root.';
  const missing = missingPackages(machine);
  if (missing.length > 0)
    return `a real node needs Debian packages that are not here: apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!machine.hasProgram('go')) return 'a real node is built with Go 1.26 or newer, and there is no `go` in PATH.';
  if (!machine.mayUnshare()) return 'a real node needs namespaces and mounts of its own, which this machine refuses.';
  return undefined;
}

function missingPackages(machine: Machine): string[] {
  const packages: string[] = PROGRAMS.filter(([program]) => !machine.hasProgram(program)).map(([, name]) => name);
  if (!machine.hasFile(join(CNI_PLUGINS, 'bridge'))) packages.push('containernetworking-plugins');
  return packages;
}

/** Where the node’s programs look for others, whatever PATH its starter has. */
export const PATHS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  user: process.geteuid?.(),
  hasProgram: (name) =>
    [...PATHS, ...(process.env['PATH'] ?? '').split(delimiter)].some((folder) => existsSync(join(folder, name))),
  hasFile: existsSync,
  mayUnshare: () => {
    try {
      const namespaces = ['--net', '--mount', '--pid', '--fork', '--propagation', 'private'];
      execFileSync('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  },
};
