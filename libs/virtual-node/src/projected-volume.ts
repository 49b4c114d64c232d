import type { V1PodSpec, V1VolumeProjection } from '@kubernetes/client-node';

export type Volume = NonNullable<V1PodSpec['volumes']>[number];

interface Projected {
  readonly sources?: readonly V1VolumeProjection[];
  readonly defaultMode?: number | undefined;
}

/** The projected volume that holds what this volume does; undefined for a kind of volume that this node has not. */
export function asProjected({ emptyDir, projected, configMap, secret, downwardAPI }: Volume): Projected | undefined {
  if (emptyDir) return {};
  if (configMap) return { sources: [{ configMap }], defaultMode: configMap.defaultMode };
  if (downwardAPI) return { sources: [{ downwardAPI }], defaultMode: downwardAPI.defaultMode };
  if (!secret) return projected;
  const { secretName: name = '', defaultMode, ...rest } = secret;
  return { sources: [{ secret: { ...rest, name } }], defaultMode };
}
