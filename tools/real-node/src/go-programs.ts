import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBinaries, kubernetesVersion, linkerFlags, pinnedVersion } from '@sympozium/kube-assets';
import { projectFile } from './project-file.js';

/** A Go module of this project, which pins the programs that are compiled from it. */
interface GoProgram {
  readonly module: string;
  readonly packages: readonly string[];
  readonly tags?: readonly string[];
  /** Linker flags that write the version, of which Go modules know nothing, into the programs. */
  readonly flags: (goMod: string) => string;
  /** Packages that are compiled, about. */
  readonly size: number;
}

const CONTAINERD = 'github.com/containerd/containerd/v2';
const SMALL = '-s -w';

const PROGRAMS: readonly GoProgram[] = [
  {
    module: 'kubernetes',
    packages: ['k8s.io/kubernetes/cmd/kubelet', 'k8s.io/kubernetes/cmd/kube-proxy'],
    flags: (goMod) => linkerFlags(kubernetesVersion(goMod)),
    size: 2_200,
  },
  {
    module: 'containerd',
    packages: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => `${CONTAINERD}/cmd/${name}`),
    tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
    flags: (goMod) => `${SMALL} -X ${CONTAINERD}/version.Version=${pinnedVersion(goMod, CONTAINERD)}`,
    size: 1_100,
  },
  { module: 'coredns', packages: ['.'], flags: () => SMALL, size: 1_200 },
  {
    module: 'envoy-gateway',
    packages: ['github.com/envoyproxy/gateway/cmd/envoy-gateway'],
    flags: () => SMALL,
    size: 2_200,
  },
  { module: 'pause', packages: ['.'], flags: () => SMALL, size: 60 },
];

/** Folder of one of the modules. */
export const goModuleFolder = (module: string): string => projectFile(join('go', module));

/** Files that say what is compiled. */
export const GO_SOURCES: readonly string[] = [
  ...PROGRAMS.filter(({ module }) => module !== 'pause').flatMap(({ module }) => [
    `go/${module}/go.mod`,
    `go/${module}/go.sum`,
  ]),
  'go/pause/go.mod',
  'go/pause/main.go',
  'go/coredns/main.go',
];

export interface GoOptions {
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Compiles all of them into a folder, one module after the other. */
export async function buildGoPrograms(output: string, options: GoOptions): Promise<void> {
  for (const { module, packages, tags = [], flags, size } of PROGRAMS) {
    const folder = goModuleFolder(module);
    const goMod = readFileSync(join(folder, 'go.mod'), 'utf8');
    options.onProgress(`building ${module}`);
    await buildBinaries({ module: folder, packages, tags, flags: flags(goMod), output, size, ...options });
  }
}
