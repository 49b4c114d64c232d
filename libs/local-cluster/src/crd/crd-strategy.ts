import type { ApiObject } from '../api-object.js';
import type { Strategy } from '../resources/resource.js';
import { formatOf } from '../schema/types.js';
import type { Schema } from '../schema/schema.js';
import { withCondition } from './conditions.js';
import { asCrd } from './crd.js';
import type { Crd, CrdNames, CrdSpec } from './crd.js';
import { statusErrors, validateCrd, validateCrdUpdate } from './validate-crd.js';
import { nowOf } from '../rest/times.js';

/** Keeps a deleted CRD until its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** The registry's rules for CustomResourceDefinitions. */
export const crdStrategy: Strategy = {
  default: (object) => fillDefaults(object),
  prepareForCreate: (object) => {
    const { spec } = asCrd(object);
    object['status'] = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: stored(spec, []) };
  },
  prepareForUpdate: (object, old) => {
    const crd = asCrd(object);
    const { status = {} } = asCrd(old);
    crd.status = { ...status, storedVersions: stored(crd.spec, status.storedVersions ?? []) };
  },
  validate: (object) => validateCrd(asCrd(object)),
  validateUpdate: (object, old) => validateCrdUpdate(asCrd(object), asCrd(old)),
  validateStatusUpdate: (object) => statusErrors(asCrd(object)),
  markForDeletion: (object, { clock }) => {
    const crd = asCrd(object);
    const { metadata, status } = crd;
    const now = nowOf(clock);
    metadata.deletionTimestamp = now;
    metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), CLEANUP])];
    const conditions = withCondition(status?.conditions, TERMINATING, now);
    crd.status = { ...status, conditions };
  },
  warnings: (object, old) => {
    const known = old ? warningsOf(asCrd(old)) : [];
    return warningsOf(asCrd(object)).filter((text) => !known.includes(text));
  },
  allowUnconditionalUpdate: false,
};

const TERMINATING = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionPending',
  message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
} as const;

function fillDefaults(object: ApiObject): void {
  const { spec: given, status } = asCrd(object);
  const spec: CrdSpec = { ...EMPTY, ...given, names: { ...EMPTY.names, ...given?.names } };
  fillNames(spec.names);
  spec.conversion ??= { strategy: 'None' };
  object['spec'] = spec;
  if (status && !status.storedVersions?.length) status.storedVersions = stored(spec, []);
}

/** What of a spec is there at least, so that its rules can tell what is missing. */
const EMPTY: CrdSpec = {
  group: '',
  names: { plural: '', kind: '' },
  scope: '' as CrdSpec['scope'],
  versions: [],
};

function fillNames(names: CrdNames): void {
  const { kind } = names;
  if (!kind) return;
  names.singular ||= kind.toLowerCase();
  names.listKind ||= `${kind}List`;
}

/** Every version that objects were ever stored as. */
function stored({ versions }: CrdSpec, before: readonly string[]): string[] {
  const storage = versions.find((version) => version.storage)?.name;
  return storage === undefined || before.includes(storage) ? [...before] : [...before, storage];
}

function warningsOf({ spec }: Crd): string[] {
  const schemas = spec.versions.flatMap(({ schema }) => (schema?.openAPIV3Schema ? nodes(schema.openAPIV3Schema) : []));
  const formats = schemas.filter((schema) => schema.format && formatOf(schema) === undefined);
  const sets = new Set(schemas.flatMap(setWarning));
  return [...formats.map(({ format }) => `unrecognized format ${JSON.stringify(format)}`), ...[...sets].sort()];
}

function setWarning({ items, 'x-kubernetes-list-type': type }: Schema): string[] {
  if (type !== 'set' || (items?.type !== 'object' && items?.type !== 'array')) return [];
  return [
    `x-kubernetes-list-type: set for items of type "${items.type}" is not supported by server-side apply or CEL validation rules`,
  ];
}

/** A schema and all that is in it. */
function nodes(schema: Schema): Schema[] {
  const { items, properties = {}, additionalProperties, allOf = [], anyOf = [], oneOf = [], not } = schema;
  const children = [
    ...(items ? [items] : []),
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(not ? [not] : []),
    ...Object.values(properties),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
  return [schema, ...children.flatMap(nodes)];
}
