import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What containers of an image start with, as the OCI image specification names it. */
interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

export interface ArchiveOptions {
  /** Whole name of the image, as Pods give it, e.g. `localhost/sympozium/pause:1`. */
  readonly reference: string;
  /** Folder that becomes the image’s root; everything in it belongs to root. */
  readonly root: string;
  readonly config: ImageConfig;
}

const TYPE = 'application/vnd.oci.image';
const CREATED = '1970-01-01T00:00:00Z';
/** Go’s name of the one platform that real nodes run on. */
const PLATFORM = { architecture: 'amd64', os: 'linux' } as const;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes an image of one layer as an OCI archive. The same files give the same bytes. */
export function writeArchive(path: string, { reference, root, config }: ArchiveOptions): void {
  const folder = mkdtempSync(join(tmpdir(), 'oci-'));
  try {
    const blobs = join(folder, 'blobs', 'sha256');
    mkdirSync(blobs, { recursive: true });
    const blob = (kind: string, bytes: Uint8Array): Descriptor => {
      const digest = createHash('sha256').update(bytes).digest('hex');
      writeFileSync(join(blobs, digest), bytes);
      return { mediaType: `${TYPE}.${kind}`, digest: `sha256:${digest}`, size: bytes.length };
    };
    const json = (kind: string, value: object): Descriptor => blob(kind, Buffer.from(JSON.stringify(value)));

    const layer = blob('layer.v1.tar', tarOf(root, join(folder, 'layer.tar')));
    const rootfs = { type: 'layers', diff_ids: [layer.digest] };
    const history = [{ created: CREATED, created_by: 'sympozium' }];
    const image = json('config.v1+json', { created: CREATED, ...PLATFORM, config, rootfs, history });
    const manifest = { schemaVersion: 2, mediaType: `${TYPE}.manifest.v1+json`, config: image, layers: [layer] };
    const entry = {
      ...json('manifest.v1+json', manifest),
      platform: PLATFORM,
      annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': tagOf(reference) },
    };
    const index = { schemaVersion: 2, mediaType: `${TYPE}.index.v1+json`, manifests: [entry] };
    writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
    writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    tar(path, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tagOf = (reference: string): string => reference.slice(reference.lastIndexOf(':') + 1);

function tarOf(root: string, file: string): Uint8Array {
  tar(file, root);
  const bytes = readFileSync(file);
  rmSync(file);
  return bytes;
}

function tar(file: string, root: string): void {
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  execFileSync('tar', [...reproducible, '-cf', file, '-C', root, '.']);
}
