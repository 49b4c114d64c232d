import type { ObjectName } from '../api-object.js';
import type { GroupResource } from '../api-error.js';

/** Prefix of all objects of a resource, or of those in one namespace. */
export function prefixOf({ group, plural }: GroupResource, namespace?: string): string {
  const prefix = `/${group || 'core'}/${plural}/`;
  return namespace === undefined ? prefix : `${prefix}${namespace}/`;
}

/** Where the store keeps an object; objects of the whole cluster have an empty namespace. */
export const keyOf = (resource: GroupResource, { namespace = '', name }: ObjectName): string =>
  `${prefixOf(resource, namespace)}${name}`;
