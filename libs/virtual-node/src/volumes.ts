import type {
  V1DownwardAPIVolumeFile,
  V1KeyToPath,
  V1PodSpec,
  V1ServiceAccountTokenProjection,
  V1VolumeProjection,
} from '@kubernetes/client-node';
import { fieldValue, resourceValue, type PodPlace } from './downward.js';
import type { Pod } from './pod.js';
import { ConfigurationError, type Data, type Sources } from './sources.js';

export type Volume = NonNullable<V1PodSpec['volumes']>[number];

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

interface VolumeInput {
  readonly pod: Pod;
  readonly place: PodPlace;
  readonly sources: Sources;
}

const MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** What a volume holds when its Pod starts; byte for byte what the objects hold. */
export function volumeContent(volume: Volume, input: VolumeInput): VolumeContent {
  if (volume.emptyDir) return { files: [], tokens: [] };
  if (volume.projected) {
    const mode = volume.projected.defaultMode ?? MODE;
    const parts = (volume.projected.sources ?? []).map((source) => projection(source, mode, input));
    return { files: parts.flatMap((part) => part.files), tokens: parts.flatMap((part) => part.tokens) };
  }
  const { configMap, secret, downwardAPI } = volume;
  const mode = configMap?.defaultMode ?? secret?.defaultMode ?? downwardAPI?.defaultMode ?? MODE;
  if (configMap || secret || downwardAPI) {
    const named = secret && { ...secret, name: secret.secretName ?? '' };
    return projection(
      {
        ...(configMap ? { configMap } : {}),
        ...(named ? { secret: named } : {}),
        ...(downwardAPI ? { downwardAPI } : {}),
      },
      mode,
      input,
    );
  }
  throw new ConfigurationError(
    `volume ${volume.name}: this node has emptyDir, configMap, secret, downwardAPI and projected volumes only`,
  );
}

function projection(source: V1VolumeProjection, mode: number, input: VolumeInput): VolumeContent {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap)
    return files(keyFiles(input.sources.configMap(configMap.name ?? '', configMap.optional), configMap, mode));
  if (secret) return files(keyFiles(input.sources.secret(secret.name ?? '', secret.optional), secret, mode));
  if (downwardAPI) return files((downwardAPI.items ?? []).map((item) => downwardFile(item, mode, input)));
  if (serviceAccountToken) return { files: [], tokens: [tokenFile(serviceAccountToken, mode)] };
  throw new ConfigurationError(`this node knows no such projection: ${Object.keys(source).join()}`);
}

const files = (list: VolumeFile[]): VolumeContent => ({ files: list, tokens: [] });

const tokenFile = (source: V1ServiceAccountTokenProjection, mode: number): TokenFile => ({
  path: source.path,
  audience: source.audience,
  expirationSeconds: source.expirationSeconds ?? TOKEN_SECONDS,
  mode,
});

function keyFiles(
  data: Data | undefined,
  { items, name, optional }: { items?: V1KeyToPath[]; name?: string; optional?: boolean },
  mode: number,
): VolumeFile[] {
  if (!data) return [];
  if (!items) return [...data].map(([path, content]) => ({ path, content, mode }));
  return items.flatMap((item) => {
    const content = data.get(item.key);
    if (content) return [{ path: item.path, content, mode: item.mode ?? mode }];
    if (optional) return [];
    throw new ConfigurationError(`references non-existent key ${item.key} of ${name ?? ''}; add it`);
  });
}

function downwardFile(item: V1DownwardAPIVolumeFile, mode: number, { pod, place }: VolumeInput): VolumeFile {
  const text = item.fieldRef
    ? fieldValue(item.fieldRef.fieldPath, pod, place)
    : item.resourceFieldRef
      ? resourceValue(item.resourceFieldRef, pod, item.resourceFieldRef.containerName ?? '', place)
      : '';
  return { path: item.path, content: Buffer.from(text, 'utf8'), mode: item.mode ?? mode };
}
