import type { Kind } from '@sympozium/api';
import { groupVersion } from './rest/decode.js';
import type { ResourceRegistry } from './resources/resource.js';

/** Every kind that can be listed and watched, each at one version. */
export function kindsOf(registry: ResourceRegistry): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const resource of registry.all()) {
    const { group, kind, plural, namespaced, verbs } = resource;
    const key = `${group}/${plural}`;
    if (!verbs.includes('watch') || kinds.has(key)) continue;
    kinds.set(key, { apiVersion: groupVersion(resource), kind, plural, namespaced });
  }
  return [...kinds.values()];
}
