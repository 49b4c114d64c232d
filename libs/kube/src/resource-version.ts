/**
 * Whether resource version `a` is newer than `b`. Versions of one kind may be compared as integers
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions); anything else counts as newer.
 */
export function isNewer(a: string, b: string): boolean {
  if (!/^[0-9]+$/.test(a) || !/^[0-9]+$/.test(b)) return a !== b;
  return a.length === b.length ? a > b : a.length > b.length;
}
