import { safeEncoded } from '../shared/names.js';
import type { PodTemplate } from '../shared/pod.js';
import { isDeepStrictEqual } from 'node:util';

export const HASH_LABEL = 'pod-template-hash';

/** A hash of a template for names and labels. `collisions` makes it another one where the name was taken. */
export function templateHash(template: PodTemplate, collisions: number): string {
  const text = `${JSON.stringify(template, sorted)}${collisions > 0 ? collisions : ''}`;
  return safeEncoded(String(fnv32a(text)));
}

/** Whether two templates are alike but for the label that ReplicaSets add. */
export const sameTemplate = (a: PodTemplate, b: PodTemplate): boolean => isDeepStrictEqual(bare(a), bare(b));

function bare({ metadata = {}, spec }: PodTemplate): object {
  const labels = { ...metadata.labels };
  delete labels[HASH_LABEL];
  return JSON.parse(JSON.stringify({ metadata: { ...metadata, labels }, spec })) as object;
}

const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
