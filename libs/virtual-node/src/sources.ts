import { isNotFound, type KubeClient } from '@sympozium/kube';
import type { Volume } from './volumes.js';
import { CONFIG_MAP, SECRET, type Pod } from './pod.js';

/** What keeps a container from starting until somebody changes an object. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export type Data = ReadonlyMap<string, Buffer>;

/** The ConfigMaps and Secrets that a Pod names, as they were when it started. */
export interface Sources {
  /** Undefined when it does not exist and is optional. */
  configMap(name: string, optional?: boolean): Data | undefined;
  secret(name: string, optional?: boolean): Data | undefined;
}

/** Names of all ConfigMaps and Secrets that a Pod's variables and volumes need. */
export function referencedSources(pod: Pod): { configMaps: Set<string>; secrets: Set<string> } {
  const configMaps = new Set<string | undefined>();
  const secrets = new Set<string | undefined>();
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      configMaps.add(configMapRef?.name);
      secrets.add(secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      configMaps.add(valueFrom?.configMapKeyRef?.name);
      secrets.add(valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of pod.spec.volumes ?? []) {
    for (const part of volumeParts(volume)) {
      configMaps.add(part.configMap?.name);
      secrets.add(part.secret?.name);
    }
  }
  return { configMaps: present(configMaps), secrets: present(secrets) };
}

const present = (names: Set<string | undefined>): Set<string> =>
  new Set([...names].filter((name): name is string => name !== undefined && name !== ''));

const volumeParts = (volume: Volume) => [
  { configMap: volume.configMap, secret: volume.secret && { name: volume.secret.secretName } },
  ...(volume.projected?.sources ?? []),
];

/** Reads all of a Pod's sources at once; none, no call. */
export async function readSources(client: KubeClient, pod: Pod, signal: AbortSignal): Promise<Sources> {
  const names = referencedSources(pod);
  const namespace = pod.metadata.namespace ?? 'default';
  const [configMaps, secrets] = await Promise.all([
    readAll(names.configMaps, async (name) => {
      const { data, binaryData } = await client.get(CONFIG_MAP, { namespace, name }, { signal });
      return new Map([...decoded(data, 'utf8'), ...decoded(binaryData, 'base64')]);
    }),
    readAll(names.secrets, async (name) => {
      const { data } = await client.get(SECRET, { namespace, name }, { signal });
      return new Map(decoded(data, 'base64'));
    }),
  ]);
  return {
    configMap: (name, optional) => found(configMaps.get(name), 'configmap', name, optional),
    secret: (name, optional) => found(secrets.get(name), 'secret', name, optional),
  };
}

function found(data: Data | undefined, what: string, name: string, optional: boolean | undefined): Data | undefined {
  if (data || optional) return data;
  throw new ConfigurationError(`${what} "${name}" not found; create it and the container starts`);
}

const decoded = (data: Readonly<Record<string, string>> | undefined, encoding: BufferEncoding): [string, Buffer][] =>
  Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]);

async function readAll(names: ReadonlySet<string>, read: (name: string) => Promise<Data>): Promise<Map<string, Data>> {
  const result = new Map<string, Data>();
  await Promise.all(
    [...names].map(async (name) => {
      try {
        result.set(name, await read(name));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }),
  );
  return result;
}
