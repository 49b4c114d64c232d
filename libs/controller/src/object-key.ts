import type { KubeObject } from '@sympozium/api';

/** The queue key of a namespaced object: `namespace/name`. */
export const objectKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The same of an object; its namespace is empty where its kind has none. */
export const keyOf = ({ metadata }: Pick<KubeObject, 'metadata'>): string =>
  objectKey(metadata.namespace ?? '', metadata.name);

/** The namespace and name of which `objectKey` made the key. */
export function parseObjectKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  if (slash === -1) throw new TypeError(`"${key}" is no object key; make one with objectKey(namespace, name)`);
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
