import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { labelKeyFaults, labelValueFaults } from '../../rest/label-rules.js';
import type { Resource } from '../../resources/resource.js';
import { listOf, textOf, textsOf, type Fields } from './access.js';
import { IMMUTABLE, invalidFor, invalidValue, forbiddenField, required, tooLong } from '../../schema/field-errors.js';
import { labelFaults, pathSegmentFaults, subdomainFaults } from './names.js';

const MAX_ANNOTATIONS = 256 * 1024;
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Kubernetes' own finalizers need no domain. */
export const STANDARD_FINALIZERS: readonly string[] = ['kubernetes', ORPHAN, FOREGROUND];
/** Built-in groups whose kinds are not held to that; nor are custom resources. */
const LENIENT_GROUPS = ['apiextensions.k8s.io', 'coordination.k8s.io', 'policy'];

type Named = Pick<Resource, 'group' | 'kind' | 'namespaced'> & { readonly custom?: boolean };

/** What is wrong with a new object's metadata, whatever its kind (ValidateObjectMeta). */
export function validateMetadata(resource: Named, { metadata }: ApiObject): FieldError[] {
  const faultsOf = nameRule(resource);
  const { name, generateName } = metadata;
  return [
    ...(generateName ? invalidFor('metadata.generateName', generateName, faultsOf(withoutDash(generateName))) : []),
    ...(name
      ? invalidFor('metadata.name', name, faultsOf(name))
      : [required('metadata.name', 'name or generateName is required')]),
    ...namespaceErrors(resource, metadata.namespace),
    ...labelErrors(metadata.labels, 'metadata.labels'),
    ...annotationErrors(metadata.annotations, 'metadata.annotations'),
    ...ownerErrors(listOf(metadata.ownerReferences)),
    ...finalizerErrors(textsOf(metadata.finalizers)),
    ...unqualifiedErrors(resource, textsOf(metadata.finalizers)),
  ];
}

/** What is wrong with a change of metadata (ValidateObjectMetaUpdate). */
export function validateMetadataUpdate(resource: Named, object: ApiObject, old: ApiObject): FieldError[] {
  const { metadata } = object;
  const fixed = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];
  return [
    ...(old.metadata.deletionTimestamp ? newFinalizerErrors(metadata.finalizers, old.metadata.finalizers) : []),
    ...fixed.flatMap((field) => immutableErrors(`metadata.${field}`, at(metadata, field), at(old.metadata, field))),
    ...labelErrors(metadata.labels, 'metadata.labels'),
    ...annotationErrors(metadata.annotations, 'metadata.annotations'),
    ...ownerErrors(listOf(metadata.ownerReferences)),
    ...finalizerErrors(textsOf(metadata.finalizers)),
    ...unqualifiedErrors(resource, textsOf(metadata.finalizers)),
  ];
}

export const immutableErrors = (field: string, value: unknown, old: unknown): FieldError[] =>
  isDeepStrictEqual(value ?? undefined, old ?? undefined) ? [] : [invalidValue(field, value, IMMUTABLE)];

/** Errors of a map of labels that stands at `field`. */
export const labelErrors = (labels: unknown, field: string): FieldError[] =>
  Object.entries((labels ?? {}) as Fields).flatMap(([key, value]) => [
    ...invalidFor(field, key, labelKeyFaults(key)),
    ...invalidFor(field, value, labelValueFaults(textOf(value))),
  ]);

export function annotationErrors(annotations: unknown, field: string): FieldError[] {
  const entries = Object.entries((annotations ?? {}) as Record<string, string>);
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...entries.flatMap(([key]) => invalidFor(field, key, labelKeyFaults(key.toLowerCase()))),
    ...(bytes > MAX_ANNOTATIONS ? [tooLong(field, MAX_ANNOTATIONS)] : []),
  ];
}

const at = (fields: object, name: string): unknown => (fields as Fields)[name];

export const UNQUALIFIED = 'name is neither a standard finalizer name nor is it fully qualified';
const LABEL_NAMED = ['/Namespace', '/Service'];

/** How a kind's objects may be called. */
function nameRule({ group, kind }: Named): (name: string) => string[] {
  if (group === 'rbac.authorization.k8s.io') return pathSegmentFaults;
  return LABEL_NAMED.includes(`${group}/${kind}`) ? labelFaults : subdomainFaults;
}

/** A prefix may end with a dash: a suffix follows. */
const withoutDash = (prefix: string): string =>
  prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;

function namespaceErrors({ namespaced }: Named, namespace: string | undefined): FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace ? [forbiddenField(field, 'not allowed on this type')] : [];
  return namespace ? invalidFor(field, namespace, labelFaults(namespace)) : [required(field)];
}

function ownerErrors(owners: readonly Fields[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors = owners.flatMap((owner, index) => oneOwnerErrors(owner, `${field}[${index}]`));
  const [first, second] = owners.filter(({ controller }) => controller === true);
  if (!first || !second) return errors;
  const called = ({ kind, name }: Fields): string => `${textOf(kind)}/${textOf(name)}`;
  const detail =
    'Only one reference can have Controller set to true. Found "true" in references for ' +
    `${called(first)} and ${called(second)}`;
  return [...errors, invalidValue(field, owners, detail)];
}

function oneOwnerErrors(owner: Fields, field: string): FieldError[] {
  const version = textOf(owner['apiVersion']);
  const errors = ['apiVersion', 'kind', 'name', 'uid']
    .filter((name) => !owner[name])
    .map((name) => required(`${field}.${name}`, 'must not be empty'));
  if (version !== '' && !/^([^/]+\/)?[^/]+$/.test(version))
    errors.push(invalidValue(`${field}.apiVersion`, version, 'must be <group>/<version> or <version>'));
  if (version === 'v1' && owner['kind'] === 'Event')
    errors.push(invalidValue(field, owner, '/v1, Kind=Event is disallowed from being an owner'));
  return errors;
}

function finalizerErrors(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = finalizers.flatMap((name) => invalidFor(field, name, labelKeyFaults(name)));
  if (finalizers.includes(ORPHAN) && finalizers.includes(FOREGROUND))
    errors.push(invalidValue(field, finalizers, `finalizer ${ORPHAN} and ${FOREGROUND} cannot be both set`));
  return errors;
}

function unqualifiedErrors({ group, custom }: Named, finalizers: readonly string[]): FieldError[] {
  if (custom || LENIENT_GROUPS.includes(group)) return [];
  return finalizers.flatMap((name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [invalidValue(`metadata.finalizers[${index}]`, name, UNQUALIFIED)],
  );
}

function newFinalizerErrors(finalizers: readonly string[] = [], old: readonly string[] = []): FieldError[] {
  const added = finalizers.filter((name) => !old.includes(name)).sort();
  if (added.length === 0) return [];
  const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbiddenField('metadata.finalizers', detail)];
}
