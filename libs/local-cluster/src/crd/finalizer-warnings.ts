import type { ApiObject } from '../api-object.js';
import { STANDARD_FINALIZERS } from '../builtin/strategies/metadata.js';

/** What the API server says of new finalizers of custom resources whose names others may use too. */
export function finalizerWarnings({ metadata }: ApiObject, old?: ApiObject): string[] {
  const known = old?.metadata.finalizers ?? [];
  const added = new Set(
    metadata.finalizers?.filter((name) => !known.includes(name) && !STANDARD_FINALIZERS.includes(name)),
  );
  return [...added].sort().flatMap(warningOf);
}

function warningOf(name: string): string[] {
  if (name.includes('/')) return [];
  const path = name.includes('.') ? ' including a path (/)' : '';
  return [
    `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`,
  ];
}
