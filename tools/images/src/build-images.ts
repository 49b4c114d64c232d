import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readArchive, writeArchive, type ArchivedImage, type Layer } from './archive.js';
import { basePackages } from './base-packages.js';
import { Buildah, type BaseImage } from './buildah.js';
import { bundledPackages, bundleFiles, readMetafile } from './bundle.js';
import { makeLocalBase } from './local-base.js';
import { sbom } from './sbom.js';
import { APPS, packageJson, workspaceFile, type App } from './workspace.js';

export interface BuildOptions {
  /** Folder that the archives are written to. */
  readonly out: string;
  /** Reference of the image below ours, as buildah pulls it; absent: a local one is made. */
  readonly base?: string;
  /** Absent: all. */
  readonly apps?: readonly App[];
  readonly onProgress?: (line: string) => void;
}

export interface BuiltImage {
  readonly app: App;
  /** As a Pod names it, with its registry. */
  readonly reference: string;
  /** Path of the OCI archive. */
  readonly archive: string;
  /** Path of the SBOM, CycloneDX 1.6 in JSON. */
  readonly sbom: string;
  /** What is ours: the layers above the base. */
  readonly layers: readonly Layer[];
}

/** Builds images of the bundles as they are, without network, and writes each as an OCI archive with an SBOM beside it. */
export async function buildImages(options: BuildOptions): Promise<readonly BuiltImage[]> {
  const { out, base: reference, apps = APPS, onProgress = () => {} } = options;
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'sympozium-images-'));
  const buildah = new Buildah(folder);
  try {
    const base =
      reference === undefined ? await makeLocalBase(buildah, folder, onProgress) : await buildah.pull(reference);
    const built: BuiltImage[] = [];
    for (const app of apps) {
      onProgress(`building ${app}`);
      built.push(await buildImage({ app, base, buildah, folder, out }));
    }
    return built;
  } finally {
    await buildah.clear();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Workshop {
  readonly app: App;
  readonly base: BaseImage;
  readonly buildah: Buildah;
  readonly folder: string;
  readonly out: string;
}

async function buildImage(workshop: Workshop): Promise<BuiltImage> {
  const { app, base, buildah, folder, out } = workshop;
  const { version } = packageJson(`apps/${app}`);
  const reference = `docker.io/sympozium/${app}:${version}`;
  const context = join(folder, `${app}-bundle`);
  for (const file of bundleFiles(readMetafile(app))) cpSync(file, join(context, basename(file)));
  await buildah.build({
    dockerfile: workspaceFile(`apps/${app}/Dockerfile`),
    context,
    tag: reference,
    args: { BASE: base.name, VERSION: version },
  });
  const layout = join(folder, `${app}-layout`);
  await buildah.export(reference, layout);
  const archive = join(out, `${app}-${version}.tar`);
  await writeArchive(layout, reference, archive);
  const image = await readArchive(archive);
  const path = join(out, `${app}-${version}.cdx.json`);
  writeFileSync(path, await describe(workshop, image));
  return { app, reference, archive, sbom: path, layers: image.layers.slice(base.layers) };
}

async function describe({ app, buildah }: Workshop, { reference, digest, config }: ArchivedImage): Promise<string> {
  const NODE = 'NODE_VERSION='; // set by Docker's own Node images, too
  const version = config.config.Env?.find((entry) => entry.startsWith(NODE))?.slice(NODE.length);
  const bundled = bundledPackages(readMetafile(app));
  const base = await buildah.read(reference, basePackages);
  return sbom({ reference, digest, app, bundled, nodeVersion: version, base });
}
