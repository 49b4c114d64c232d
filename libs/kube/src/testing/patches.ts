import type { KubeObject } from '@sympozium/api';
import { isDeepStrictEqual } from 'node:util';
import type { Patch } from '../client.js';
import { KubeError } from '../error.js';

type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object as a patch leaves it; the given one stays as it is. */
export function patched(current: KubeObject, patch: Exclude<Patch, { type: 'apply' }>): KubeObject {
  const body = structuredClone(patch.body);
  if (patch.type === 'json') return jsonPatch(current, body as readonly unknown[]) as KubeObject;
  const merge = patch.type === 'merge' ? mergePatch : strategicPatch;
  return merge(structuredClone(current), body) as KubeObject;
}

/** JSON merge patch, RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  return merged(target, patch, (_name, _before, list) => list);
}

/** Keys by which a strategic merge joins lists; other lists are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  conditions: 'type',
  addresses: 'type',
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  ownerReferences: 'uid',
};

/** Strategic merge patch, as far as lists are joined by the keys above. */
function strategicPatch(target: unknown, patch: unknown): unknown {
  return merged(target, patch, joined);
}

type JoinLists = (name: string, before: unknown, list: readonly unknown[]) => unknown;

function merged(target: unknown, patch: unknown, join: JoinLists): unknown {
  if (!isFields(patch)) return patch;
  const result: Fields = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (Array.isArray(value)) result[name] = join(name, result[name], value);
    else result[name] = merged(result[name], value, join);
  }
  return result;
}

function joined(name: string, before: unknown, list: readonly unknown[]): unknown {
  const key = MERGE_KEYS[name];
  if (key === undefined || !Array.isArray(before)) return list;
  const result: unknown[] = [...before];
  for (const item of list) {
    const at = result.findIndex((other) => isFields(other) && isFields(item) && other[key] === item[key]);
    if (at === -1) result.push(item);
    else result[at] = merged(result[at], item, joined);
  }
  return result;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** JSON patch, RFC 6902. A failed test or a path that is not there is 422, as the API server says it. */
function jsonPatch(target: unknown, operations: readonly unknown[]): unknown {
  const root = { root: structuredClone(target) };
  for (const operation of operations as Operation[]) applyOperation(root, operation);
  return root.root;
}

function applyOperation(root: Fields, { op, path, from = '', value }: Operation): void {
  const place = locate(root, path);
  switch (op) {
    case 'add':
      return place.add(structuredClone(value));
    case 'replace':
      return place.set(structuredClone(value));
    case 'remove':
      return void place.take();
    case 'test':
      if (!isDeepStrictEqual(place.get(), value)) throw invalid(`testing value ${path} failed`);
      return;
    case 'move':
      return place.add(locate(root, from).take());
    case 'copy':
      return place.add(structuredClone(locate(root, from).get()));
    default:
      throw new KubeError(400, 'BadRequest', `unknown JSON patch operation ${op}`);
  }
}

const invalid = (message: string): KubeError =>
  new KubeError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);

interface Place {
  get(): unknown;
  add(value: unknown): void;
  set(value: unknown): void;
  take(): unknown;
}

function locate(root: Fields, pointer: string): Place {
  const parts = ['root', ...pointer.split('/').slice(1)].map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = parts.pop() ?? '';
  let parent: unknown = root;
  for (const part of parts) parent = child(parent, part, pointer);
  if (Array.isArray(parent)) return listPlace(parent, last, pointer);
  if (!isFields(parent)) throw invalid(`path ${pointer} does not exist`);
  return fieldPlace(parent, last, pointer);
}

function child(parent: unknown, part: string, pointer: string): unknown {
  const value = Array.isArray(parent) ? parent[Number(part)] : isFields(parent) ? parent[part] : undefined;
  if (value === undefined) throw invalid(`path ${pointer} does not exist`);
  return value as unknown;
}

function fieldPlace(parent: Fields, name: string, pointer: string): Place {
  const get = (): unknown => child(parent, name, pointer);
  return {
    get,
    add: (value) => void (parent[name] = value),
    set: (value) => void (get(), (parent[name] = value)),
    take: () => {
      const value = get();
      delete parent[name];
      return value;
    },
  };
}

function listPlace(list: unknown[], name: string, pointer: string): Place {
  const at = name === '-' ? list.length : Number(name);
  if (!Number.isInteger(at) || at < 0 || at > list.length) throw invalid(`path ${pointer} does not exist`);
  const get = (): unknown => child(list, String(at), pointer);
  return {
    get,
    add: (value) => void list.splice(at, 0, value),
    set: (value) => void (get(), (list[at] = value)),
    take: () => (get(), list.splice(at, 1)[0]),
  };
}
