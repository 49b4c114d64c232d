import type {
  V1DownwardAPIVolumeFile,
  V1KeyToPath,
  V1ServiceAccountTokenProjection,
  V1VolumeProjection,
} from '@kubernetes/client-node';
import { fieldValue, resourceValue, type PodPlace } from './downward.js';
import type { Pod } from './pod.js';
import { asProjected, type Volume } from './projected-volume.js';
import type { Data, Sources } from './sources.js';
import { StartObstacle } from './start-obstacle.js';

/** One file of a volume. */
export interface VolumeFile {
  /** Relative to the volume's folder. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

/** A token that the node has to ask for, and the file it belongs in. */
export interface TokenFile {
  readonly path: string;
  readonly audience: string | undefined;
  readonly expirationSeconds: number;
  readonly mode: number;
}

export interface VolumeContent {
  readonly files: readonly VolumeFile[];
  readonly tokens: readonly TokenFile[];
}

export interface VolumeInput {
  readonly pod: Pod;
  readonly place: PodPlace;
  readonly sources: Sources;
}

const MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** What a volume holds; byte for byte what the objects hold. */
export function volumeContent(volume: Volume, input: VolumeInput): VolumeContent {
  const projected = asProjected(volume);
  if (!projected)
    throw new StartObstacle(
      `volume ${volume.name}: this node has emptyDir, configMap, secret, downwardAPI and projected volumes only`,
    );
  const parts = (projected.sources ?? []).map((source) => projection(source, projected.defaultMode ?? MODE, input));
  return { files: parts.flatMap(({ files }) => files), tokens: parts.flatMap(({ tokens }) => tokens) };
}

type Projection = (source: V1VolumeProjection, mode: number, input: VolumeInput) => Partial<VolumeContent> | undefined;

const PROJECTIONS: readonly Projection[] = [
  ({ downwardAPI }, mode, input) =>
    downwardAPI && { files: (downwardAPI.items ?? []).map((item) => downwardFile(item, mode, input)) },
  ({ serviceAccountToken: token }, mode) => token && { tokens: [tokenFile(token, mode)] },
  ({ configMap: map }, mode, { sources }) =>
    map && { files: keyFiles(sources.configMap(map.name ?? '', map.optional), map, mode) },
  ({ secret }, mode, { sources }) =>
    secret && { files: keyFiles(sources.secret(secret.name ?? '', secret.optional), secret, mode) },
];

function projection(source: V1VolumeProjection, mode: number, input: VolumeInput): VolumeContent {
  for (const read of PROJECTIONS) {
    const content = read(source, mode, input);
    if (content) return { files: [], tokens: [], ...content };
  }
  throw new StartObstacle(`this node knows no such projection: ${Object.keys(source).join()}`);
}

const tokenFile = (source: V1ServiceAccountTokenProjection, mode: number): TokenFile => ({
  path: source.path,
  audience: source.audience,
  expirationSeconds: source.expirationSeconds ?? TOKEN_SECONDS,
  mode,
});

function keyFiles(
  data: Data | undefined,
  { items, name = '', optional }: { items?: V1KeyToPath[]; name?: string; optional?: boolean },
  mode: number,
): VolumeFile[] {
  if (!data) return [];
  if (!items) return [...data].map(([path, content]) => ({ path, content, mode }));
  return items.flatMap((item) => {
    const content = data.get(item.key);
    if (content) return [{ path: item.path, content, mode: item.mode ?? mode }];
    if (optional) return [];
    throw new StartObstacle(`references non-existent key ${item.key} of ${name}; add it`);
  });
}

function downwardFile({ path, ...item }: V1DownwardAPIVolumeFile, mode: number, input: VolumeInput): VolumeFile {
  const { pod, place } = input;
  const text = item.fieldRef
    ? fieldValue(item.fieldRef.fieldPath, pod, place)
    : item.resourceFieldRef && resourceValue(item.resourceFieldRef, pod, '', place);
  return { path, content: Buffer.from(text ?? '', 'utf8'), mode: item.mode ?? mode };
}
