import { isObject } from '../clone.js';
import { FieldSet } from './field-set.js';

/** An entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: object;
  readonly subresource?: string;
}

/** Somebody who owns fields, by one way of writing. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By identity: an applier is the same whatever version it applies. */
export type Managers = Map<string, Manager>;

export const identityOf = ({
  name,
  operation,
  apiVersion,
  subresource,
}: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>): string =>
  JSON.stringify({
    ...(name && { manager: name }),
    operation,
    ...(operation === 'Update' && { apiVersion }),
    ...(subresource && { subresource }),
  });

/** Throws a text where the entries are none: then they count as if they were not there. */
function decodeManagers(entries: unknown): Managers {
  const managers: Managers = new Map();
  if (!Array.isArray(entries)) return managers;
  for (const [index, entry] of entries.entries()) {
    const manager = decodeManager(isObject(entry) ? entry : {}, index);
    managers.set(identityOf(manager), manager);
  }
  return managers;
}

function decodeManager(entry: ManagedFieldsEntry, index: number): Manager {
  const { operation, apiVersion = '', fieldsType = '', manager = '', subresource = '', time } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new TypeError('operation must be `Apply` or `Update`');
  if (apiVersion === '') throw new TypeError('apiVersion must not be empty');
  if (fieldsType === '') throw new TypeError(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1')
    throw new TypeError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  return { name: manager, operation, apiVersion, subresource, time, fields: FieldSet.fromFieldsV1(entry.fieldsV1) };
}

/** As managers that can be read, or nobody. */
export function managersOrNone(entries: unknown): Managers {
  try {
    return decodeManagers(entries);
  } catch {
    return new Map();
  }
}

/** Sorted as the API server sorts them: appliers first, then by time, name, version and subresource. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(inOrder).map(({ name, operation, apiVersion, subresource, time, fields }) => ({
    ...(name && { manager: name }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields.toFieldsV1(),
    ...(subresource && { subresource }),
  }));
}

function inOrder(a: Manager, b: Manager): number {
  return (
    order(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    order(a.name, b.name) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

const order = (a: string, b: string): number => Number(a > b) - Number(a < b);

export const secondsOf = ({ time }: Manager): number => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000));
