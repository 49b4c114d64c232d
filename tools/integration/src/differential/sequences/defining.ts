import type { ApiAnswer, ApiCall } from '../api-call.js';
import { apply, get, JSON_PATCH, MERGE_PATCH, patch, post, put, remove, STRATEGIC_PATCH } from '../calls.js';
import { objectOf, type Sequence } from '../sequence.js';
import { TABLE } from './every-kind.js';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GROUP = '{ns}.example.com';
const CRD = `${CRDS}/widgets.${GROUP}`;
const WIDGETS = `/apis/${GROUP}/v1/namespaces/{ns}/widgets`;

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more });

const SPEC = object(
  {
    size: { ...count, default: 1 },
    color: { type: 'string', enum: ['red', 'blue'] },
    name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
    tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    parts: {
      type: 'array',
      items: object({ id: text, weight: { type: 'number' } }, { required: ['id'] }),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['id'],
    },
    either: { 'x-kubernetes-int-or-string': true },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    limits: { type: 'object', additionalProperties: count },
  },
  {
    'x-kubernetes-validations': [
      { rule: "self.size < 10 || self.color == 'red'", message: 'what is big is red' },
      { rule: '!has(oldSelf.name) || self.name == oldSelf.name', fieldPath: '.name', reason: 'FieldValueForbidden' },
    ],
  },
);
const version = (name: string, more: object = {}): object => ({
  name,
  served: true,
  storage: true,
  schema: { openAPIV3Schema: object({ spec: SPEC, status: object({ phase: text, replicas: count }) }) },
  subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' } },
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', priority: 1, description: 'Where it is' },
  ],
  selectableFields: [{ jsonPath: '.spec.color' }],
  ...more,
});
const crd = (spec: object = {}, name = `widgets.${GROUP}`): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['wg'] },
    versions: [version('v1')],
    ...spec,
  },
});
const widget = (name: string, spec: object = {}): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Widget',
  metadata: { name },
  spec,
});

const isEstablished = ({ body }: ApiAnswer): boolean => JSON.stringify(body).includes('"InitialNamesAccepted"');
const established: ApiCall = { ...get(CRD), until: isEstablished };
/** Conditions and managers are written by and by, in whatever order. */
const settledStatus: ApiCall = { ...established, compared: (body) => (body as { status: unknown }).status };
const served: ApiCall = { ...get(WIDGETS), until: ({ status }) => status === 200 };

/** The life of a CRD, and of its objects. */
export const defining: readonly Sequence[] = [
  {
    name: 'a CRD and its objects',
    steps: [
      post(CRDS, crd()),
      settledStatus,
      served,
      post(CRDS, crd()),
      post(WIDGETS, widget('a')),
      post(WIDGETS, widget('b', { size: 20 })),
      post(WIDGETS, widget('b', { size: 20, color: 'red', name: 'toolong', tags: ['a', 'a'], parts: [{ weight: 1 }] })),
      ...[{ size: -1 }, { color: 'green' }, { name: 'B' }, { either: true }, { limits: { a: -1 } }].map((spec) =>
        post(WIDGETS, widget('b', spec)),
      ),
      post(WIDGETS, widget('b', { size: '1', free: { any: [1, { thing: null }] } })),
      post(`${WIDGETS}?fieldValidation=Strict`, widget('b', { unknown: 1 })),
      post(WIDGETS, widget('b', { name: 'bee', free: { any: [1] }, either: '10%', parts: [{ id: 'x' }, { id: 'y' }] })),
      patch(`${WIDGETS}/b`, MERGE_PATCH, { spec: { name: 'bea' } }),
      patch(`${WIDGETS}/b`, MERGE_PATCH, { spec: { size: 2, unknown: 3 } }),
      patch(`${WIDGETS}/b`, STRATEGIC_PATCH, { spec: { size: 2 } }),
      patch(`${WIDGETS}/b`, JSON_PATCH, [{ op: 'replace', path: '/spec/size', value: null }]),
      apply(`${WIDGETS}/b`, 'one', widget('b', { parts: [{ id: 'z', weight: 2 }], tags: ['t'] })),
      apply(`${WIDGETS}/b`, 'two', widget('b', { parts: [{ id: 'z', weight: 3 }], tags: ['u'] })),
      apply(`${WIDGETS}/b`, 'two', widget('b', { parts: [{ id: 'x', weight: 3 }], tags: ['u'] })),
      patch(`${WIDGETS}/b/status`, MERGE_PATCH, { status: { phase: 'Fine', replicas: 1 }, spec: { size: 9 } }),
      get(`${WIDGETS}/b/scale`),
      patch(`${WIDGETS}/b/scale`, MERGE_PATCH, { spec: { replicas: 4 } }),
      get(WIDGETS, TABLE),
      get(`${WIDGETS}?fieldSelector=spec.color=red`),
      get(`${WIDGETS}?fieldSelector=spec.size=4`),
      remove(CRD),
      { ...get(CRD), until: ({ status }) => status === 404 },
      { ...get(WIDGETS), until: ({ status }) => status === 404 },
    ],
  },
  {
    name: 'a CRD that changes',
    steps: [
      post(CRDS, crd({ versions: [version('v1', { subresources: undefined })] })),
      settledStatus,
      served,
      post(WIDGETS, { ...widget('a', { size: 3 }), status: { phase: 'Mine' } }),
      { ...get(CRD), compared: () => 'for its version' },
      (answers) =>
        put(CRD, {
          ...crd({ versions: [version('v1', { storage: false }), version('v2')] }),
          metadata: { name: `widgets.${GROUP}`, resourceVersion: objectOf(answers[4]).metadata.resourceVersion },
        }),
      { ...get(`/apis/${GROUP}/v2/namespaces/{ns}/widgets/a`), until: ({ status }) => status === 200 },
      patch(`${WIDGETS}/a`, MERGE_PATCH, { spec: { size: 4 } }),
      { ...get(CRD), compared: (body) => (body as { status: { storedVersions: unknown } }).status.storedVersions },
      patch(CRD, MERGE_PATCH, { spec: { scope: 'Cluster' } }),
      patch(CRD, MERGE_PATCH, { spec: { group: 'other.example.com' } }),
      patch(CRD, MERGE_PATCH, { spec: { names: { kind: 'Other' } } }),
      patch(`${CRD}/status`, MERGE_PATCH, { status: { storedVersions: ['v2'] } }),
      { ...get(`/apis/${GROUP}`), compared: (body) => body },
      { ...remove(CRD), compared: () => 'marked' },
      { ...get(CRD), until: ({ status }) => status === 404 },
    ],
  },
  {
    name: 'what a CRD may not be',
    steps: [
      post(CRDS, crd({}, 'wrong.name')),
      post(CRDS, crd({ scope: 'Everywhere' })),
      post(CRDS, crd({ versions: [] })),
      post(CRDS, crd({ versions: [version('v1', { storage: false })] })),
      post(CRDS, crd({ versions: [version('v1'), version('v2')] })),
      post(CRDS, crd({ versions: [version('V_1')] })),
      post(CRDS, crd({ names: { plural: 'widgets', kind: 'bad kind' } })),
      post(CRDS, crd({ versions: [version('v1', { schema: undefined })] })),
      post(
        CRDS,
        crd({ versions: [version('v1', { additionalPrinterColumns: [{ name: 'A', type: 'thing', jsonPath: 'x' }] })] }),
      ),
      post(CRDS, crd({ versions: [version('v1', { selectableFields: [{ jsonPath: '.spec.absent' }] })] })),
      post(CRDS, crd({ names: { plural: 'widgets', singular: 'w'.repeat(64), kind: 'Widget' } })),
      post(CRDS, crd({ group: `${'long.'.repeat(51)}com` }, `widgets.${'long.'.repeat(51)}com`)),
    ],
  },
];
