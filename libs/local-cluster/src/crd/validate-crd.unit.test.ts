import { FakeClock, seededRandom } from '@sympozium/process/testing';
import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import type { Schema } from '../schema/schema.js';
import { asCrd } from './crd.js';
import type { Crd, CrdVersion } from './crd.js';
import { crdStrategy } from './crd-strategy.js';

const context = { clock: new FakeClock(), random: seededRandom(1) };

function crd(change: (crd: Crd, version: CrdVersion) => void = () => undefined): Crd {
  const version: CrdVersion = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object' } },
  };
  const object = asCrd({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'xs.b.example.com' },
    spec: { group: 'b.example.com', scope: 'Namespaced', names: { plural: 'xs', kind: 'X' }, versions: [version] },
  } as unknown as ApiObject);
  change(object, version);
  crdStrategy.default?.(object);
  crdStrategy.prepareForCreate?.(object, context);
  return object;
}

const told = (of: Crd): string[] =>
  (crdStrategy.validate?.(of) ?? []).map(({ field, message }) => `${field}: ${message}`);

/** Errors of one field `a` of a CRD's schema, told from there. */
function toldOf(schema: object): string[] {
  const at = 'spec.validation.openAPIV3Schema.properties[a]';
  const of = crd((_crd, version) => {
    version.schema = { openAPIV3Schema: { type: 'object', properties: { a: schema as Schema } } };
  });
  return told(of).map((text) => (text.startsWith(at) ? text.slice(at.length) : text));
}

const LABEL = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`;

/** Answers of kube-apiserver 1.37.2. */
const OF_CRDS: readonly (readonly [what: string, (crd: Crd, version: CrdVersion) => void, readonly string[]])[] = [
  ['a good one', () => undefined, []],
  [
    'its name',
    ({ metadata }) => (metadata.name = 'foo'),
    ['metadata.name: Invalid value: "foo": must be spec.names.plural+"."+spec.group'],
  ],
  [
    'its group',
    ({ metadata, spec }) => {
      metadata.name = 'xs.x';
      spec.group = 'x';
    },
    ['spec.group: Invalid value: "x": should be a domain with at least one dot'],
  ],
  [
    'names that are too long, which is told of characters and meant of bytes',
    ({ spec }) => Object.assign(spec.names, { singular: 'x'.repeat(64) }),
    [`spec.names.singular: Invalid value: "${'x'.repeat(64)}": must be no more than 63 characters`],
  ],
  [
    'its scope',
    ({ spec }) => Object.assign(spec, { scope: 'Foo' }),
    ['spec.scope: Unsupported value: "Foo": supported values: "Cluster", "Namespaced"'],
  ],
  [
    'short names and categories',
    ({ spec }) => Object.assign(spec.names, { shortNames: ['A'], categories: ['B'] }),
    [
      `spec.names.shortNames[0]: Invalid value: "A": ${LABEL}`,
      `spec.names.categories[0]: Invalid value: "B": ${LABEL}`,
    ],
  ],
  [
    'its list kind',
    ({ spec }) => (spec.names.listKind = 'X'),
    ['spec.names.listKind: Invalid value: "X": kind and listKind may not be the same'],
  ],
  [
    'no storage version',
    (_crd, version) => (version.storage = false),
    [
      'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  ],
  ['no schema', (_crd, version) => delete version.schema, ['spec.versions[0].schema.openAPIV3Schema: Required value']],
  [
    'columns',
    (_crd, version) => (version.additionalPrinterColumns = [{ name: '', type: 'foo', jsonPath: 'x' }]),
    [
      'spec.additionalPrinterColumns[0].name: Required value',
      'spec.additionalPrinterColumns[0].type: Invalid value: "foo": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with .',
    ],
  ],
  [
    'what only one version says',
    ({ spec }, version) => {
      version.additionalPrinterColumns = [{ name: 'a', type: 'foo', jsonPath: '.x' }];
      spec.versions.push({ ...version, name: 'v2', storage: false, additionalPrinterColumns: [] });
    },
    [
      'spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "foo": must be one of boolean,date,integer,number,string',
    ],
  ],
  [
    'scale',
    (_crd, version) =>
      (version.subresources = {
        scale: { specReplicasPath: '.x', statusReplicasPath: '.status.r', labelSelectorPath: 'y' },
      }),
    [
      'spec.subresources.scale.specReplicasPath: Invalid value: ".x": should be a json path under .spec',
      'spec.subresources.scale.labelSelectorPath: Invalid value: "y": must be a simple json path starting with .',
    ],
  ],
  [
    'selectable fields',
    (_crd, version) => (version.selectableFields = [{ jsonPath: '.spec.nope' }, { jsonPath: 'x' }]),
    [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.nope": is an invalid path: does not refer to a valid field',
      'spec.selectableFields[1].jsonPath: Invalid value: "x": is an invalid path: expected [ or . but got: x',
    ],
  ],
  [
    'a field under a junctor alone',
    (_crd, version) =>
      (version.schema = { openAPIV3Schema: { type: 'object', anyOf: [{ properties: { q: { minLength: 1 } } }] } }),
    [
      'spec.validation.openAPIV3Schema.properties[q]: Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[q]',
    ],
  ],
  [
    'preserveUnknownFields',
    ({ spec }) => (spec.preserveUnknownFields = true),
    [
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ],
  ],
  [
    'a group of the community without its approval',
    ({ metadata, spec }) => {
      metadata.name = 'xs.x.k8s.io';
      spec.group = 'x.k8s.io';
    },
    [
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  ],
];

const OF_SCHEMAS: readonly (readonly [what: string, schema: object, errors: readonly string[]])[] = [
  ['no type', {}, ['.type: Required value: must not be empty for specified object fields']],
  ['an array of nothing', { type: 'array' }, ['.items: Required value: must be specified']],
  [
    'an unknown type',
    { type: 'foo' },
    ['.type: Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string"'],
  ],
  [
    'map and struct at once',
    { type: 'object', additionalProperties: { type: 'string' }, properties: { b: { type: 'string' } } },
    ['.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
  ],
  [
    'a type under a junctor',
    { type: 'string', anyOf: [{ type: 'string' }] },
    ['.anyOf[0].type: Forbidden: must be empty to be structural'],
  ],
  [
    'a pattern',
    { type: 'string', pattern: '(' },
    [
      '.pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `(`',
    ],
  ],
  [
    'a default of another type',
    { type: 'string', default: 5 },
    ['.default: Invalid value: "integer":  in body must be of type string: "integer"'],
  ],
  [
    'a default with unknown fields',
    { type: 'object', properties: { b: { type: 'string', maxLength: 1 } }, default: { b: 'xx', c: 1 } },
    [
      '.default: Invalid value: {"b":"xx","c":1}: must not have unknown fields',
      '.default.b: Too long: may not be more than 1 byte',
    ],
  ],
  [
    'list keys',
    {
      type: 'array',
      items: { type: 'object', properties: { k: { type: 'string' } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k', 'z'],
    },
    [
      '.x-kubernetes-list-map-keys: Invalid value: ["k","z"]: entries must all be names of item properties',
      '.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
    ],
  ],
  [
    'rules',
    {
      type: 'string',
      'x-kubernetes-validations': [{ rule: '' }, { rule: 'true', message: ' ', reason: 'Foo', fieldPath: '.x' }],
    },
    [
      '.x-kubernetes-validations[0].rule: Required value: rule is not specified',
      '.x-kubernetes-validations[1].message: Invalid value: " ": must be non-empty if specified',
      '.x-kubernetes-validations[1].reason: Unsupported value: "Foo": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
      '.x-kubernetes-validations[1].fieldPath: Invalid value: ".x": must be a valid path',
    ],
  ],
  [
    'oldSelf where no old value can be told',
    {
      type: 'array',
      maxItems: 2,
      items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
    },
    [
      '.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within spec.validation.openAPIV3Schema.properties[a]',
    ],
  ],
];

describe('crdStrategy', () => {
  it.each(OF_CRDS)('tells as the API server of %s', (_what, change, errors) => {
    expect(told(crd(change))).toEqual(errors);
  });

  it.each(OF_SCHEMAS)('tells as the API server of a schema with %s', (_what, schema, errors) => {
    expect(toldOf(schema)).toEqual(errors);
  });

  it('fills in names and what was stored', () => {
    const { spec, status } = crd();
    expect(spec.names).toEqual({ plural: 'xs', kind: 'X', singular: 'x', listKind: 'XList' });
    expect(spec.conversion).toEqual({ strategy: 'None' });
    expect(status).toEqual({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] });
  });

  it('keeps names once they are established, and remembers every stored version', () => {
    const old = crd();
    old.status = { ...old.status, conditions: [{ type: 'Established', status: 'True' }] };
    const next = crd(({ spec }, version) => {
      spec.scope = 'Cluster';
      version.storage = false;
      spec.versions.push({ ...version, name: 'v2', storage: true });
    });
    crdStrategy.prepareForUpdate?.(next, old, context);
    expect(next.status?.storedVersions).toEqual(['v1', 'v2']);
    expect(crdStrategy.validateUpdate?.(next, old).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'spec.scope: Invalid value: "Cluster": field is immutable',
    ]);
  });

  it('does not let a version go that objects may be stored as', () => {
    const old = crd();
    const next = crd((_crd, version) => (version.name = 'v2'));
    crdStrategy.prepareForUpdate?.(next, old, context);
    expect(crdStrategy.validate?.(next).map(({ field }) => field)).toEqual(['status.storedVersions[0]']);
  });

  it('keeps a deleted CRD until its objects are gone', () => {
    const object = crd();
    crdStrategy.markForDeletion?.(object, context);
    expect(object.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['customresourcecleanup.apiextensions.k8s.io'],
    });
    expect(object.status?.conditions).toMatchObject([{ type: 'Terminating', reason: 'InstanceDeletionPending' }]);
  });

  it('warns of formats that mean nothing, and of new ones only', () => {
    const odd = crd((_crd, version) => {
      version.schema = {
        openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', format: 'quantity' } } },
      };
    });
    expect(crdStrategy.warnings?.(odd)).toEqual(['unrecognized format "quantity"']);
    expect(crdStrategy.warnings?.(odd, odd)).toEqual([]);
  });
});
