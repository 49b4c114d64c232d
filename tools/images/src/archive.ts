import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command.js';

/** A layer as the archive has it: compressed. */
export interface Layer {
  readonly digest: string;
  readonly bytes: number;
}

/** What an OCI archive says of its image. */
export interface ArchivedImage {
  readonly reference: string;
  /** Digest of the manifest. */
  readonly digest: string;
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

/** Part of an OCI image configuration. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly config: {
    readonly User?: string;
    readonly Entrypoint?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Both names of an image: of the OCI layout, and the one that containerd and Docker look at first. */
const NAMES = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'] as const;
const STILL = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

/** Names the one image of an OCI layout, and packs it; the same layout gives the same archive. */
export async function writeArchive(layout: string, reference: string, archive: string): Promise<void> {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  const [manifest, ...others] = index.manifests;
  if (manifest === undefined || others.length > 0) throw new Error(`${layout} must hold one image`);
  const annotations = Object.fromEntries(NAMES.map((name) => [name, reference]));
  const named = { ...index, manifests: [{ ...manifest, annotations: { ...manifest.annotations, ...annotations } }] };
  writeFileSync(join(layout, 'index.json'), JSON.stringify(named));
  await command('tar', [...STILL, '-cf', archive, '-C', layout, 'oci-layout', 'index.json', 'blobs']);
}

/** Reads an OCI archive of one image. Throws an `Error` naming the archive when it is none. */
export async function readArchive(archive: string): Promise<ArchivedImage> {
  try {
    const { manifests } = await readJson<{ manifests: Descriptor[] }>(archive, 'index.json');
    const [found] = manifests;
    const reference = found?.annotations?.[NAMES[0]];
    if (found === undefined || reference === undefined) throw new Error('its index names no image');
    const manifest = await readJson<{ config: Descriptor; layers: Descriptor[] }>(archive, blob(found));
    const config = await readJson<ImageConfig>(archive, blob(manifest.config));
    const layers = manifest.layers.map(({ digest, size }) => ({ digest, bytes: size }));
    return { reference, digest: found.digest, layers, config };
  } catch (cause) {
    throw new Error(`${archive} is no OCI archive: ${(cause as Error).message}`, { cause });
  }
}

/** Path of a blob inside an archive. */
const blob = ({ digest }: Pick<Descriptor, 'digest'>): string => `blobs/${digest.replace(':', '/')}`;

const readJson = async <T>(archive: string, path: string): Promise<T> =>
  JSON.parse(await command('tar', ['-xOf', archive, path])) as T;

/** Unpacks an archive's layers over each other, as a container's root file system. */
export async function unpackArchive(archive: string, root: string): Promise<ArchivedImage> {
  const image = await readArchive(archive);
  for (const layer of image.layers)
    await command('sh', ['-c', 'tar -xOf "$1" "$2" | tar -xzp -C "$3"', 'sh', archive, blob(layer), root]);
  return image;
}
