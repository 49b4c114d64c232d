import type { V1EnvVarSource } from '@kubernetes/client-node';
import { fieldValue, resourceValue, type PodPlace } from './downward.js';
import { expand } from './expansion.js';
import type { Container, Pod } from './pod.js';
import { ConfigurationError, type Sources } from './sources.js';

const VARIABLE_NAME = /^[^=\0]+$/;

/** Everything that a container's variables are made of. */
export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly place: PodPlace;
  readonly sources: Sources;
  /** What the node adds; the Pod's own variables win. */
  readonly base: ReadonlyMap<string, string>;
}

/** A container's variables in Kubernetes' order: the node's, then envFrom, then env, each seeing those before it. */
export function containerEnvironment(input: EnvironmentInput): Map<string, string> {
  const result = new Map(input.base);
  for (const [name, value] of fromSources(input)) result.set(name, value);
  for (const { name, value, valueFrom } of input.container.env ?? []) {
    const resolved = valueFrom ? referencedValue(valueFrom, input) : expand(value ?? '', result);
    if (resolved !== undefined) result.set(name, resolved);
  }
  return result;
}

function* fromSources({ container, sources }: EnvironmentInput): Generator<[string, string]> {
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef
      ? sources.configMap(configMapRef.name ?? '', configMapRef.optional)
      : sources.secret(secretRef?.name ?? '', secretRef?.optional);
    for (const [key, bytes] of data ?? [])
      if (VARIABLE_NAME.test(prefix + key)) yield [prefix + key, bytes.toString('utf8')];
  }
}

function referencedValue(from: V1EnvVarSource, input: EnvironmentInput): string | undefined {
  const { pod, place, container, sources } = input;
  if (from.fieldRef) return fieldValue(from.fieldRef.fieldPath, pod, place);
  if (from.resourceFieldRef) return resourceValue(from.resourceFieldRef, pod, container.name, place);
  if (from.secretKeyRef) {
    const { name = '', key, optional } = from.secretKeyRef;
    return entry(sources.secret(name, optional), { what: `Secret ${name}`, key, optional });
  }
  if (from.configMapKeyRef) {
    const { name = '', key, optional } = from.configMapKeyRef;
    return entry(sources.configMap(name, optional), { what: `ConfigMap ${name}`, key, optional });
  }
  throw new ConfigurationError(
    `container ${container.name}: this node knows no such valueFrom: ${Object.keys(from).join()}`,
  );
}

function entry(
  data: ReadonlyMap<string, Buffer> | undefined,
  { what, key, optional }: { what: string; key: string; optional: boolean | undefined },
): string | undefined {
  const bytes = data?.get(key);
  if (bytes !== undefined) return bytes.toString('utf8');
  if (optional || !data) return undefined;
  throw new ConfigurationError(`couldn't find key ${key} in ${what}; add it`);
}
