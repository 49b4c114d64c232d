import type { V1EnvFromSource, V1EnvVarSource } from '@kubernetes/client-node';
import { fieldValue, resourceValue, type PodPlace } from './downward.js';
import { expand } from './expansion.js';
import type { Container, Pod } from './pod.js';
import type { Data, Sources } from './sources.js';
import { StartObstacle } from './start-obstacle.js';

const VARIABLE_NAME = /^[^=\0]+$/;

/** Everything that a container's variables are made of. */
export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly place: PodPlace;
  readonly sources: Sources;
  /** What the cluster adds; the Pod's own variables win. */
  readonly base: ReadonlyMap<string, string>;
}

/** A container's variables in Kubernetes' order: the cluster's, then envFrom, then env, each seeing those before it. */
export function containerEnvironment(input: EnvironmentInput): Map<string, string> {
  const { envFrom = [], env = [] } = input.container;
  const result = new Map([...input.base, ...envFrom.flatMap((source) => allEntries(source, input.sources))]);
  for (const { name, value, valueFrom } of env) {
    const resolved = valueFrom ? referencedValue(valueFrom, input) : expand(value ?? '', result);
    if (resolved !== undefined) result.set(name, resolved);
  }
  return result;
}

function allEntries({ prefix = '', configMapRef, secretRef }: V1EnvFromSource, sources: Sources): [string, string][] {
  const data = configMapRef
    ? sources.configMap(configMapRef.name ?? '', configMapRef.optional)
    : secretRef && sources.secret(secretRef.name ?? '', secretRef.optional);
  return [...(data ?? [])]
    .map(([key, bytes]): [string, string] => [prefix + key, bytes.toString('utf8')])
    .filter(([name]) => VARIABLE_NAME.test(name));
}

type Reference = (from: V1EnvVarSource, input: EnvironmentInput) => { readonly value: string | undefined } | undefined;

const REFERENCES: readonly Reference[] = [
  ({ fieldRef }, { pod, place }) => fieldRef && { value: fieldValue(fieldRef.fieldPath, pod, place) },
  ({ resourceFieldRef: ref }, { pod, container, place }) =>
    ref && { value: resourceValue(ref, pod, container.name, place) },
  ({ secretKeyRef: ref }, { sources }) =>
    ref && { value: entry(sources.secret(ref.name ?? '', ref.optional), 'Secret', ref) },
  ({ configMapKeyRef: ref }, { sources }) =>
    ref && { value: entry(sources.configMap(ref.name ?? '', ref.optional), 'ConfigMap', ref) },
];

function referencedValue(from: V1EnvVarSource, input: EnvironmentInput): string | undefined {
  for (const read of REFERENCES) {
    const found = read(from, input);
    if (found) return found.value;
  }
  throw new StartObstacle(`this node knows no such valueFrom: ${Object.keys(from).join()}`);
}

function entry(
  data: Data | undefined,
  kind: string,
  { name = '', key, optional }: { name?: string; key: string; optional?: boolean },
): string | undefined {
  const bytes = data?.get(key);
  if (bytes !== undefined) return bytes.toString('utf8');
  if (optional || !data) return undefined;
  throw new StartObstacle(`couldn't find key ${key} in ${kind} ${name}; add it and the container starts`);
}
