import type { Kind } from '@sympozium/api';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of a kind's collection or object, https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris. */
export function resourcePath(
  kind: Kind,
  key: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope =
    kind.namespaced && key.namespace !== undefined ? `/namespaces/${encodeURIComponent(key.namespace)}` : '';
  const name = key.name === undefined ? '' : `/${encodeURIComponent(key.name)}`;
  const subresource = key.subresource === undefined ? '' : `/${key.subresource}`;
  return `${root}${scope}/${kind.plural}${name}${subresource}`;
}

/** A path with its query; absent values are left out. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== false);
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}
