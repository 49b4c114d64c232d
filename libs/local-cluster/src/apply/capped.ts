import { identityOf, secondsOf } from './managers.js';
import type { Manager, Managers } from './managers.js';

const MOST_UPDATERS = 10;

/** At most ten of those who update: the oldest become one, `ancient-changes`, for each version. Changes `managers`. */
export function capUpdaters(managers: Managers): void {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update').sort(oldestFirst);
  const firsts = new Map<string, string>();
  let count = updaters.length;
  for (const [id, updater] of updaters) {
    if (count <= MOST_UPDATERS) return;
    const { apiVersion } = updater;
    const first = firsts.get(apiVersion);
    if (first === undefined) firsts.set(apiVersion, id);
    else {
      mergeInto(managers, first, id, updater);
      count--;
    }
  }
}

function oldestFirst([idA, a]: [string, Manager], [idB, b]: [string, Manager]): number {
  return secondsOf(a) - secondsOf(b) || Number(idA > idB) - Number(idA < idB);
}

function mergeInto(managers: Managers, first: string, id: string, updater: Manager): void {
  const bucket: Manager = { ...updater, name: 'ancient-changes', subresource: '' };
  const bucketId = identityOf(bucket);
  const known = managers.get(bucketId) ?? managers.get(first);
  if (!managers.has(bucketId)) managers.delete(first);
  managers.delete(id);
  managers.set(bucketId, { ...bucket, fields: known ? updater.fields.union(known.fields) : updater.fields });
}
