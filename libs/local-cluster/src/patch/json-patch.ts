import { ApiError, badRequest } from '../api-error.js';
import { clone, isObject } from '../clone.js';
import { sameJson } from '../schema/json.js';
import { cannotApply, jsonType } from './refusals.js';

const MOST_OPERATIONS = 10_000;

type Container = unknown[] | Record<string, unknown>;
type Operation = Readonly<Record<string, unknown>>;
interface Place {
  readonly container: Container;
  readonly key: string;
}

/**
 * RFC 6902 as the real server's library reads it: negative indices count from the end, `replace` may add a field, an
 * absent field equals `null` in a `test`.
 */
export function applyJsonPatch(object: unknown, operations: unknown): unknown {
  if (operations === null) return clone(object);
  if (!Array.isArray(operations)) throw badRequest(undecodable(operations));
  if (operations.length > MOST_OPERATIONS)
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      'Request entity too large: The allowed maximum operations in a JSON patch is ' +
        `${MOST_OPERATIONS}, got ${operations.length}`,
    );
  const root = { '': clone(object) };
  for (const operation of operations.map(decoded)) perform(root, operation);
  return root[''];
}

const undecodable = (value: unknown): string =>
  `error decoding patch: json: cannot unmarshal ${jsonType(value)} into Go value of type []handlers.jsonPatchOp`;

function decoded(operation: unknown): Operation {
  if (operation === null) throw cannotApply();
  if (!isObject(operation))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonType(operation)} into Go value of type handlers.jsonPatchOp`,
    );
  for (const field of ['op', 'path', 'from']) {
    const value = operation[field];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw badRequest(
        `error decoding patch: json: cannot unmarshal ${jsonType(value)} into Go struct field ` +
          `jsonPatchOp.${field} of type string`,
      );
  }
  return operation;
}

type Root = Record<'', unknown>;

const PERFORMERS: Readonly<Record<string, (root: Root, operation: Operation) => void>> = {
  add: (root, { path, value }) => add(inside(root, path), clone(value ?? null)),
  remove: (root, { path }) => remove(inside(root, path)),
  replace: (root, { path, value }) => (path === '' ? replaceAll(root, value) : replace(inside(root, path), value)),
  move: (root, { from, path }) => {
    const source = inside(root, from);
    const value = get(source);
    remove(source);
    add(inside(root, path), value);
  },
  copy: (root, { from, path }) => add(inside(root, path), clone(get(inside(root, from)) ?? null)),
  test: (root, { path, value }) => {
    const found = path === '' ? root[''] : get(inside(root, path));
    if (!sameJson(found ?? null, value ?? null)) throw cannotApply();
  },
};

function perform(root: Root, operation: Operation): void {
  const { op } = operation;
  const performer = typeof op === 'string' && Object.hasOwn(PERFORMERS, op) ? PERFORMERS[op] : undefined;
  if (!performer) throw cannotApply();
  performer(root, operation);
}

/** The object or list that a pointer's last part is a key of. */
function inside(root: Root, pointer: unknown): Place {
  if (typeof pointer !== 'string' || !pointer.includes('/')) throw cannotApply();
  const parts = pointer.split('/').slice(1).map(unescaped);
  const key = parts.pop() ?? '';
  let container = asContainer(root['']);
  for (const part of parts) container = asContainer(get({ container, key: part }));
  return { container, key };
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function asContainer(value: unknown): Container {
  if (Array.isArray(value) || isObject(value)) return value;
  throw cannotApply();
}

function get({ container, key }: Place): unknown {
  if (Array.isArray(container)) return container[indexIn(container.length, key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function add({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) set(container, key, value);
  else if (key === '-') container.push(value);
  else container.splice(indexIn(container.length + 1, key), 0, value);
}

function replace({ container, key }: Place, value: unknown): void {
  const next = clone(value ?? null);
  if (Array.isArray(container)) container[indexIn(container.length, key)] = next;
  else set(container, key, next);
}

/** Never through a setter: a field may be called `__proto__`. */
const set = (container: Record<string, unknown>, key: string, value: unknown): void => {
  Object.defineProperty(container, key, { value, configurable: true, enumerable: true, writable: true });
};

function replaceAll(root: Root, value: unknown): void {
  root[''] = clone(asContainer(value));
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) container.splice(indexIn(container.length, key), 1);
  else if (!Object.hasOwn(container, key)) throw cannotApply();
  else delete container[key];
}

function indexIn(length: number, key: string): number {
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
  const found = index < 0 ? index + length : index;
  if (!(found >= 0 && found < length)) throw cannotApply();
  return found;
}
