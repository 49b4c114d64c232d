import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BuildLock, cacheRoot, ensureKubeAssets, kubernetesVersion, requireGo } from '@sympozium/kube-assets';
import { SympoziumError } from '@sympozium/api';
import { ENVOY, fetchEnvoy } from './envoy.js';
import { copyGatewayFiles } from './gateway-files.js';
import { buildGoPrograms, GO_SOURCES, goModuleFolder } from './go-programs.js';
import { archiveOf, IMAGES, type NodeImage } from './images.js';
import { writeProgramImage } from './program-image.js';
import { projectFile } from './project-file.js';

/** Everything that a node is made of, in folders of the cache. */
export interface NodeAssets {
  /** etcd and the control plane. */
  readonly controlPlane: string;
  /** kubelet, kube-proxy, containerd, its shim and ctr. */
  readonly bin: string;
  /** Archives of the images that the node itself needs. */
  readonly images: string;
  /** Envoy Gateway’s chart, and the CRDs that it serves. */
  readonly gateway: string;
}

export interface EnsureNodeOptions {
  /** Called with a line for the user now and then while something is built. */
  readonly onProgress?: (line: string) => void;
  /** Ends a build. */
  readonly signal?: AbortSignal;
}

/** Changes when what is written below makes other files of the same sources. */
const RECIPE = '2';

/**
 * Builds what a node needs, with Go and from PyPI’s Envoy, or takes what was built before; once for all starts that ask
 * at the same time. Throws `KUBE_ASSETS_MISSING` when that cannot be done.
 */
export async function ensureNodeAssets(options: EnsureNodeOptions = {}): Promise<NodeAssets> {
  const { onProgress = () => {}, signal } = options;
  const building = { onProgress, ...(signal ? { signal } : {}) };
  const controlPlane = await ensureKubeAssets(building);
  const folder = assetsFolder(process.env);
  if (!existsSync(folder)) await buildOnce(folder, building);
  return { controlPlane, ...partsOf(folder) };
}

const partsOf = (folder: string) => ({
  bin: join(folder, 'bin'),
  images: join(folder, 'images'),
  gateway: join(folder, 'gateway'),
});

/** Other sources, another folder. */
function assetsFolder(env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(`${RECIPE}\0${ENVOY.hash}`);
  for (const file of GO_SOURCES) hash.update('\0').update(readFileSync(projectFile(file)));
  const version = kubernetesVersion(readFileSync(projectFile('go/kubernetes/go.mod'), 'utf8'));
  return join(cacheRoot(env), 'node-assets', `${version}-${hash.digest('hex').slice(0, 12)}-linux-amd64`);
}

type Building = Required<Pick<EnsureNodeOptions, 'onProgress'>> & EnsureNodeOptions;

async function buildOnce(folder: string, options: Building): Promise<void> {
  await requireGo(goModuleFolder('kubernetes'));
  const lock = new BuildLock(`${folder}.lock`);
  await lock.acquire(() => options.onProgress('another start is building the node; waiting for it'), options.signal);
  try {
    if (!existsSync(folder)) await build(folder, options);
  } finally {
    lock.release();
  }
}

/** Builds beside the folder and renames, so that it is there whole or not at all. */
async function build(folder: string, options: Building): Promise<void> {
  options.onProgress('building kubelet, containerd, CoreDNS and Envoy Gateway; once, 15 minutes on two cores');
  const unfinished = `${folder}.building`;
  rmSync(unfinished, { recursive: true, force: true });
  const { bin, images, gateway } = partsOf(unfinished);
  try {
    for (const part of [bin, images, gateway]) mkdirSync(part, { recursive: true });
    await buildGoPrograms(bin, options);
    options.onProgress('fetching Envoy');
    await fetchEnvoy(join(bin, 'envoy'));
    for (const image of PROGRAM_IMAGES) makeImage(image, bin, images);
    await copyGatewayFiles(goModuleFolder('envoy-gateway'), gateway);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    options.signal?.throwIfAborted();
    const where = dirname(folder);
    const message = `what a node needs cannot be built into ${where}: ${(error as Error).message}`;
    throw new SympoziumError('KUBE_ASSETS_MISSING', message, { cause: error });
  }
}

interface ProgramImage {
  readonly image: NodeImage;
  readonly program: string;
  /** Where the program is in the image. */
  readonly path: string;
}

const PROGRAM_IMAGES: readonly ProgramImage[] = [
  { image: 'pause', program: 'pause', path: '/pause' },
  { image: 'coredns', program: 'coredns', path: '/coredns' },
  { image: 'envoy', program: 'envoy', path: '/usr/local/bin/envoy' },
  { image: 'envoyGateway', program: 'envoy-gateway', path: '/usr/local/bin/envoy-gateway' },
];

/** Moves the program, which only Pods run, into its image. */
function makeImage({ image, program, path }: ProgramImage, bin: string, images: string): void {
  const file = join(bin, program);
  writeProgramImage(join(images, archiveOf(image)), { reference: IMAGES[image], program: file, path });
  rmSync(file);
}
