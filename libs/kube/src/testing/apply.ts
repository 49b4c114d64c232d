import type { KubeObject } from '@sympozium/api';
import { isDeepStrictEqual } from 'node:util';
import { KubeError } from '../error.js';
import { isFields, mergePatch } from './patches.js';

type Fields = Record<string, unknown>;

interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: Fields;
  readonly subresource?: string;
}

export interface ApplyOptions {
  readonly manager: string;
  readonly force: boolean;
  readonly time: string;
  readonly subresource?: string;
}

/** Field names that an apply may name without owning them. */
const UNOWNED = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'metadata.uid']);

/**
 * Server-side apply: sets what `body` has, removes what the same manager applied before and no longer has, and
 * refuses with 409 to change what another manager applied, unless forced. Lists are atomic.
 */
export function applied(current: KubeObject | undefined, body: KubeObject, options: ApplyOptions): KubeObject {
  const entries = (current?.metadata.managedFields ?? []) as ManagedFields[];
  const mine = entries.find((entry) => isManaged(entry, options));
  const others = entries.filter((entry) => entry !== mine);
  const wished = leaves(body).filter((path) => !UNOWNED.has(path.join('.')));
  const taken = wished.filter((path) => !isDeepStrictEqual(at(current, path), at(body, path)));
  if (!options.force) refuseConflicts(others, taken);

  const next = structuredClone(current ?? { ...body, metadata: { name: body.metadata.name } });
  for (const path of givenUp(mine, wished)) if (!others.some((entry) => owns(entry, path))) remove(next, path);
  const result = mergePatch(next, body) as KubeObject;
  const left = others.map((other) => ({ ...other, fieldsV1: withoutPaths(other.fieldsV1, taken) }));
  result.metadata.managedFields = [...left, managedEntry(mine, body.apiVersion, fieldsOf(wished), options)];
  return result;
}

const isManaged = (entry: ManagedFields, { manager, subresource }: ApplyOptions): boolean =>
  entry.manager === manager && entry.subresource === subresource;

/** What the manager owned and no longer wishes; a map that it still wishes a part of is not given up. */
function givenUp(mine: ManagedFields | undefined, wished: readonly (readonly string[])[]): string[][] {
  const kept = (path: readonly string[]): boolean =>
    wished.some((other) => path.every((name, depth) => other[depth] === name));
  return mine ? ownedPaths(mine.fieldsV1).filter((path) => !kept(path)) : [];
}

/** The manager's entry; the one it had if that says the same, so that an apply of the same changes nothing. */
function managedEntry(
  mine: ManagedFields | undefined,
  apiVersion: string,
  fieldsV1: Fields,
  { manager, time, subresource }: ApplyOptions,
): ManagedFields {
  if (mine && isDeepStrictEqual(mine.fieldsV1, fieldsV1)) return mine;
  const scope = subresource ? { subresource } : {};
  return { manager, operation: 'Apply', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1, ...scope };
}

function refuseConflicts(others: readonly ManagedFields[], taken: readonly string[][]): void {
  const conflicts = others.flatMap((entry) =>
    taken.filter((path) => owns(entry, path)).map((path) => `conflict with "${entry.manager}": .${path.join('.')}`),
  );
  if (conflicts.length === 0) return;
  const count = `${conflicts.length} conflict${conflicts.length > 1 ? 's' : ''}`;
  throw new KubeError(409, 'Conflict', `Apply failed with ${count}: ${conflicts.join(', ')}`);
}

/** Paths of everything that is not a map with entries. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (!isFields(value) || Object.keys(value).length === 0) return [[...path]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);

function remove(target: unknown, path: readonly string[]): void {
  const parent = at(target, path.slice(0, -1));
  if (isFields(parent)) delete parent[path.at(-1) ?? ''];
}

/** `{a: {b}}` as `{"f:a": {"f:b": {}}}`. */
function fieldsOf(paths: readonly (readonly string[])[]): Fields {
  const root: Fields = {};
  for (const path of paths) {
    let inner = root;
    for (const name of path) inner = (inner[`f:${name}`] ??= {}) as Fields;
  }
  return root;
}

const ownedPaths = (fields: Fields): string[][] =>
  Object.keys(fields).length === 0 ? [] : leaves(fields).map((path) => path.map((name) => name.slice(2)));

const owns = (entry: ManagedFields, path: readonly string[]): boolean =>
  ownedPaths(entry.fieldsV1).some((owned) => isDeepStrictEqual(owned, path));

const withoutPaths = (fields: Fields, taken: readonly (readonly string[])[]): Fields =>
  fieldsOf(ownedPaths(fields).filter((path) => !taken.some((other) => isDeepStrictEqual(other, path))));
