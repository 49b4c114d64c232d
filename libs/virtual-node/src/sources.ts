import type { Kind } from '@sympozium/api';
import { isNotFound, type KubeClient } from '@sympozium/kube';
import { allContainers, CONFIG_MAP, namespaceOf, SECRET, type Pod } from './pod.js';
import { asProjected } from './projected-volume.js';
import { StartObstacle } from './start-obstacle.js';

export type Data = ReadonlyMap<string, Buffer>;

/** The ConfigMaps and Secrets that a Pod names, as they were when they were read. */
export interface Sources {
  /** Undefined when it does not exist and is optional. */
  configMap(name: string, optional?: boolean): Data | undefined;
  secret(name: string, optional?: boolean): Data | undefined;
  /** Those of them that may change, vanish or appear later. */
  mutable(names: SourceNames): readonly MutableSource[];
}

interface MutableSource {
  readonly kind: Kind;
  readonly name: string;
  /** The resourceVersion that was read; undefined when there was none. */
  readonly version: string | undefined;
}

export interface SourceNames {
  readonly configMaps: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}

interface Reference {
  readonly configMap?: { readonly name?: string } | undefined;
  readonly secret?: { readonly name?: string } | undefined;
}

/** The ConfigMaps and Secrets that a Pod's variables need. */
export const environmentSources = (pod: Pod): SourceNames =>
  named(
    allContainers(pod).flatMap(({ env = [], envFrom = [] }): Reference[] => [
      ...envFrom.map(({ configMapRef, secretRef }) => ({ configMap: configMapRef, secret: secretRef })),
      ...env.map(({ valueFrom }) => ({ configMap: valueFrom?.configMapKeyRef, secret: valueFrom?.secretKeyRef })),
    ]),
  );

/** The ConfigMaps and Secrets that a Pod's volumes need. */
export const volumeSources = (pod: Pod): SourceNames =>
  named((pod.spec.volumes ?? []).flatMap((volume): readonly Reference[] => asProjected(volume)?.sources ?? []));

const named = (references: readonly Reference[]): SourceNames => ({
  configMaps: new Set(references.flatMap(({ configMap }) => configMap?.name ?? [])),
  secrets: new Set(references.flatMap(({ secret }) => secret?.name ?? [])),
});

export const union = (a: SourceNames, b: SourceNames): SourceNames => ({
  configMaps: new Set([...a.configMaps, ...b.configMaps]),
  secrets: new Set([...a.secrets, ...b.secrets]),
});

/** Reads each of them once, side by side; no names, no call. */
export async function readSources(
  client: KubeClient,
  pod: Pod,
  names: SourceNames,
  signal: AbortSignal,
): Promise<Sources> {
  const namespace = namespaceOf(pod);
  const [configMaps, secrets] = await Promise.all([
    readAll(names.configMaps, async (name) => {
      const { data, binaryData, ...rest } = await client.get(CONFIG_MAP, { namespace, name }, { signal });
      return { ...aspects(rest), data: new Map([...decoded(data, 'utf8'), ...decoded(binaryData, 'base64')]) };
    }),
    readAll(names.secrets, async (name) => {
      const { data, ...rest } = await client.get(SECRET, { namespace, name }, { signal });
      return { ...aspects(rest), data: new Map(decoded(data, 'base64')) };
    }),
  ]);
  return {
    configMap: (name, optional) => found(configMaps.get(name), `configmap "${name}"`, optional),
    secret: (name, optional) => found(secrets.get(name), `secret "${name}"`, optional),
    mutable: (asked) => [
      ...mutableOf(CONFIG_MAP, asked.configMaps, configMaps),
      ...mutableOf(SECRET, asked.secrets, secrets),
    ],
  };
}

interface Source {
  readonly data: Data;
  readonly immutable: boolean | undefined;
  readonly version: string | undefined;
}

const aspects = ({ immutable, metadata }: { immutable?: boolean; metadata: { resourceVersion?: string } }) => ({
  immutable,
  version: metadata.resourceVersion,
});

const mutableOf = (
  kind: Kind,
  names: ReadonlySet<string>,
  read: ReadonlyMap<string, Source | undefined>,
): MutableSource[] =>
  [...names]
    .filter((name) => read.get(name)?.immutable !== true)
    .map((name) => ({ kind, name, version: read.get(name)?.version }));

function found(source: Source | undefined, what: string, optional: boolean | undefined): Data | undefined {
  if (source || optional) return source?.data;
  throw new StartObstacle(`${what} not found; create it and the container starts`);
}

const decoded = (data: Readonly<Record<string, string>> | undefined, encoding: BufferEncoding): [string, Buffer][] =>
  Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]);

/** By name; undefined stands for one that does not exist. */
async function readAll(
  names: ReadonlySet<string>,
  read: (name: string) => Promise<Source>,
): Promise<Map<string, Source | undefined>> {
  const readOne = async (name: string): Promise<[string, Source | undefined]> => {
    try {
      return [name, await read(name)];
    } catch (error) {
      if (isNotFound(error)) return [name, undefined];
      throw error;
    }
  };
  return new Map(await Promise.all([...names].map(readOne)));
}
