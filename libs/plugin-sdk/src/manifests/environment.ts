import type { V1EnvVar } from '@kubernetes/client-node';
import type { Wire } from './wire.js';

export type EnvVar = Wire<V1EnvVar>;

/**
 * An environment, each name once: the fixed variables win and come first, so that others may refer to them as `$(X)`;
 * of the free ones the last word on a name counts, where it was said, since a value may refer to those before it.
 */
export function environment(fixed: readonly EnvVar[], free: readonly EnvVar[]): EnvVar[] {
  const open = free.filter(({ name }) => fixed.every((taken) => taken.name !== name));
  return [...fixed, ...open.filter(({ name }, at) => !open.slice(at + 1).some((later) => later.name === name))];
}
