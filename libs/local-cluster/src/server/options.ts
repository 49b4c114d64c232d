import { badRequest, invalid, type FieldError } from '../api-error.js';
import type { DeleteParameters, ListParameters, WatchParameters, WriteParameters } from '../rest/object-api.js';
import { isTrue, readBoolean, readInteger, readText } from './query.js';

const MAX_FIELD_MANAGER_BYTES = 128;
const FIELD_VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const;
const PROPAGATIONS = ['Foreground', 'Background', 'Orphan'] as const;
const UNPRINTABLE = /[^\P{C}]|[\u2028\u2029]/u;

/** What of `WriteParameters` stands in the query. */
export type WriteOptions = Pick<WriteParameters, 'fieldManager' | 'dryRun' | 'fieldValidation'>;

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions' | 'ListOptions';

/** Throws 422 as for the options object of that kind. */
function reject(kind: OptionsKind, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
}

/** Options of a create, update or patch. `userAgent` names the manager if the query does not. */
export function writeOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: URLSearchParams,
  userAgent: string,
  before: readonly FieldError[] = [],
): WriteOptions {
  const manager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun');
  const validation = query.get('fieldValidation') ?? '';
  const fieldValidation = FIELD_VALIDATIONS.find((known) => known === validation);
  reject(kind, [
    ...before,
    ...managerErrors(manager),
    ...dryRunErrors(dryRun),
    ...(validation === '' || fieldValidation
      ? []
      : [notSupported('fieldValidation', JSON.stringify(validation), ['', ...FIELD_VALIDATIONS])]),
  ]);
  return {
    fieldManager: manager || managerOf(userAgent),
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidation ?? 'Warn',
  };
}

/** Options of a patch: an apply must name its manager, and nobody else may force. */
export function patchOptions(
  query: URLSearchParams,
  userAgent: string,
  apply: boolean,
): WriteOptions & { force: boolean } {
  const errors: FieldError[] = [];
  if (apply && !query.get('fieldManager')) {
    errors.push({
      type: 'FieldValueRequired',
      field: 'fieldManager',
      message: 'Required value: is required for apply patch',
    });
  }
  if (!apply && query.has('force')) {
    errors.push({
      type: 'FieldValueForbidden',
      field: 'force',
      message: 'Forbidden: may not be specified for non-apply patch',
    });
  }
  return { ...writeOptions('PatchOptions', query, userAgent, errors), force: isTrue(query, 'force') };
}

/** A user agent up to its first slash, as Kubernetes names a manager that does not name itself. */
export function managerOf(userAgent: string): string {
  let manager = '';
  for (const char of userAgent.split('/', 1)[0] ?? '') {
    if (UNPRINTABLE.test(char)) continue;
    if (Buffer.byteLength(manager) + Buffer.byteLength(char) > MAX_FIELD_MANAGER_BYTES) break;
    manager += char;
  }
  return manager;
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  const field = 'fieldManager';
  if (Buffer.byteLength(manager) > MAX_FIELD_MANAGER_BYTES) {
    const message = `Too long: may not be more than ${MAX_FIELD_MANAGER_BYTES} bytes`;
    errors.push({ type: 'FieldValueTooLong', field, message });
  }
  let at = 0;
  for (const char of manager) {
    if (UNPRINTABLE.test(char)) {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const message = `Invalid value: ${JSON.stringify(manager)}: invalid character U+${code} (at position ${at})`;
      errors.push({ type: 'FieldValueInvalid', field, message });
    }
    at += Buffer.byteLength(char);
  }
  return errors;
}

const dryRunErrors = (dryRun: readonly string[]): FieldError[] =>
  dryRun.every((value) => value === 'All') ? [] : [notSupported('dryRun', JSON.stringify(dryRun), ['All'])];

const notSupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${value}: supported values: ${supported.map((known) => JSON.stringify(known)).join(', ')}`,
});

/** DeleteOptions from the body, if there is one, else from the query. */
export function deleteOptions(query: URLSearchParams, body: unknown): DeleteParameters & { readonly dryRun: boolean } {
  const given = body === undefined ? fromQuery(query) : fromBody(body);
  const { propagationPolicy: policy, orphanDependents, gracePeriodSeconds, preconditions, dryRun } = given;
  const propagationPolicy = PROPAGATIONS.find((known) => known === policy);
  const errors: FieldError[] = [];
  const field = 'propagationPolicy';
  if (policy !== undefined && orphanDependents !== undefined) {
    const message = `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`;
    errors.push({ type: 'FieldValueInvalid', field, message });
  }
  if (policy !== undefined && !propagationPolicy) {
    errors.push(notSupported(field, JSON.stringify(policy), [...PROPAGATIONS, 'nil']));
  }
  reject('DeleteOptions', [...errors, ...dryRunErrors(dryRun)]);
  return {
    dryRun: dryRun.length > 0,
    ...(propagationPolicy && { propagationPolicy }),
    ...(orphanDependents !== undefined && { orphanDependents }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(preconditions && { preconditions }),
  };
}

interface GivenDeleteOptions {
  readonly propagationPolicy: string | undefined;
  readonly orphanDependents: boolean | undefined;
  readonly gracePeriodSeconds: number | undefined;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun: readonly string[];
}

const fromQuery = (query: URLSearchParams): GivenDeleteOptions => ({
  propagationPolicy: query.get('propagationPolicy') ?? undefined,
  orphanDependents: readBoolean(query, 'orphanDependents'),
  gracePeriodSeconds: readInteger(query, 'gracePeriodSeconds'),
  dryRun: query.getAll('dryRun'),
});

function fromBody(body: unknown): GivenDeleteOptions {
  const options = recordOf(body, 'DeleteOptions');
  const { kind } = options;
  if (kind !== undefined && kind !== 'DeleteOptions') {
    throw badRequest('decoded object cannot be converted to DeleteOptions');
  }
  const preconditions = options['preconditions'] ?? undefined;
  return {
    propagationPolicy: typed(options, 'propagationPolicy', 'string'),
    orphanDependents: typed(options, 'orphanDependents', 'boolean'),
    gracePeriodSeconds: typed(options, 'gracePeriodSeconds', 'number'),
    ...(preconditions !== undefined && { preconditions: fromPreconditions(preconditions) }),
    dryRun: Array.isArray(options['dryRun']) ? options['dryRun'].map(String) : [],
  };
}

function fromPreconditions(value: unknown): { uid?: string; resourceVersion?: string } {
  const preconditions = recordOf(value, 'DeleteOptions.preconditions');
  const uid = typed(preconditions, 'uid', 'string');
  const resourceVersion = typed(preconditions, 'resourceVersion', 'string');
  return { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
}

function recordOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest(`json: cannot unmarshal ${typeNameOf(value)} into Go value of type v1.${where}`);
}

interface Types {
  string: string;
  boolean: boolean;
  number: number;
}

function typed<T extends keyof Types>(from: Record<string, unknown>, field: string, type: T): Types[T] | undefined {
  const value = from[field] ?? undefined;
  if (value === undefined || typeof value === type) return value as Types[T] | undefined;
  const go = { string: 'string', boolean: 'bool', number: 'int64' }[type];
  throw badRequest(
    `json: cannot unmarshal ${typeNameOf(value)} into Go struct field DeleteOptions.${field} of type ${go}`,
  );
}

const GO_TYPES: Readonly<Record<string, string>> = { boolean: 'bool', string: 'string', number: 'number' };
const typeNameOf = (value: unknown): string => GO_TYPES[typeof value] ?? (Array.isArray(value) ? 'array' : 'object');

/** Options of a list. */
export function listOptions(query: URLSearchParams): ListParameters {
  const limit = readInteger(query, 'limit');
  const token = readText(query, 'continue');
  const resourceVersionMatch = readText(query, 'resourceVersionMatch');
  if (query.has('sendInitialEvents')) {
    const message = 'Forbidden: sendInitialEvents is forbidden for list';
    reject('ListOptions', [{ type: 'FieldValueForbidden', field: 'sendInitialEvents', message }]);
  }
  return {
    ...versionAndSelectors(query),
    ...(limit !== undefined && { limit: Math.max(0, limit) }),
    ...(token !== undefined && { continue: token }),
    ...(resourceVersionMatch !== undefined && { resourceVersionMatch }),
  };
}

export interface WatchOptions extends WatchParameters {
  readonly timeoutSeconds: number | undefined;
}

/** Options of a watch. Without a version it begins with what there is, and says with a bookmark when that was all. */
export function watchOptions(query: URLSearchParams, selected: { namespace?: string; name?: string }): WatchOptions {
  const timeoutSeconds = readInteger(query, 'timeoutSeconds');
  const allowWatchBookmarks = isTrue(query, 'allowWatchBookmarks');
  const resourceVersion = readText(query, 'resourceVersion');
  const sendInitialEvents = readBoolean(query, 'sendInitialEvents');
  const match = readText(query, 'resourceVersionMatch');
  const fromStart = resourceVersion === undefined || resourceVersion === '0';
  const startsOver = fromStart && match === undefined && sendInitialEvents === undefined;
  const asked = startsOver
    ? { match: 'NotOlderThan', initialEvents: true }
    : { match, initialEvents: sendInitialEvents };
  reject('ListOptions', watchErrors(asked.match, asked.initialEvents !== undefined, query.has('continue')));
  const { namespace, name } = selected;
  return {
    ...versionAndSelectors(query),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { fieldSelector: selectorOfName(query, name) }),
    timeoutSeconds,
    allowWatchBookmarks,
    ...(sendInitialEvents !== undefined && { sendInitialEvents }),
  };
}

/** A watch of one object by its path is a watch with a field selector. */
function selectorOfName(query: URLSearchParams, name: string): string {
  const wanted = `metadata.name=${name}`;
  const given = readText(query, 'fieldSelector') ?? wanted;
  if (given === wanted || given === `metadata.name==${name}`) return wanted;
  throw badRequest("fieldSelector metadata.name doesn't match requested name");
}

function watchErrors(match: string | undefined, initialEvents: boolean, continued: boolean): FieldError[] {
  const field = 'resourceVersionMatch';
  const forbidden = (message: string): FieldError => ({
    type: 'FieldValueForbidden',
    field,
    message: `Forbidden: ${message}`,
  });
  const errors: FieldError[] = [];
  if (initialEvents && match !== 'NotOlderThan') {
    errors.push(forbidden('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match === undefined) return errors;
  if (!initialEvents) {
    errors.push(forbidden('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
  if (match !== 'NotOlderThan') errors.push(notSupported(field, JSON.stringify(match), ['NotOlderThan']));
  if (continued) errors.push(forbidden('resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

function versionAndSelectors(
  query: URLSearchParams,
): Pick<ListParameters, 'labelSelector' | 'fieldSelector' | 'resourceVersion'> {
  const labelSelector = readText(query, 'labelSelector');
  const fieldSelector = readText(query, 'fieldSelector');
  const resourceVersion = readText(query, 'resourceVersion');
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
