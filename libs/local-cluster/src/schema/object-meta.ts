import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import type { Schema } from './schema.js';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const time: Schema = { type: 'string', format: 'date-time' };
const number: Schema = { type: 'integer', format: 'int64' };
const texts: Schema = { type: 'object', additionalProperties: text };

const ownerReference: Schema = {
  type: 'object',
  'x-go-type': 'v1.OwnerReference',
  'x-kubernetes-map-type': 'atomic',
  required: ['apiVersion', 'kind', 'name', 'uid'],
  properties: { apiVersion: text, blockOwnerDeletion: flag, controller: flag, kind: text, name: text, uid: text },
};

const managedFieldsEntry: Schema = {
  type: 'object',
  'x-go-type': 'v1.ManagedFieldsEntry',
  properties: {
    apiVersion: text,
    fieldsType: text,
    fieldsV1: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    manager: text,
    operation: text,
    subresource: text,
    time,
  },
};

/** metadata of every kind, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/. */
export const OBJECT_META: Schema = {
  type: 'object',
  'x-go-type': 'v1.ObjectMeta',
  properties: {
    annotations: texts,
    creationTimestamp: time,
    deletionGracePeriodSeconds: number,
    deletionTimestamp: time,
    finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' },
    generateName: text,
    generation: number,
    labels: texts,
    managedFields: { type: 'array', items: managedFieldsEntry, 'x-kubernetes-list-type': 'atomic' },
    name: text,
    namespace: text,
    ownerReferences: {
      type: 'array',
      items: ownerReference,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      'x-kubernetes-patch-merge-key': 'uid',
      'x-kubernetes-patch-strategy': 'merge',
    },
    resourceVersion: text,
    selfLink: text,
    uid: text,
  },
};

/** Whether a schema is that of an object's metadata, ours or a built-in kind's. */
export const isObjectMeta = ({ properties }: Schema): boolean =>
  properties !== undefined && 'managedFields' in properties && 'ownerReferences' in properties;

/** A null label or annotation is an empty one, in place, as Go decodes it. */
export function emptyNulls({ labels, annotations }: JsonObject): void {
  for (const texts of [labels, annotations].filter(isJsonObject))
    for (const [key, value] of Object.entries(texts)) if (value === null) texts[key] = '';
}

/** Removes what the API server never writes in metadata, in place: empty texts, lists and maps, a generation of 0. */
export function tidyMetadata(metadata: JsonObject): void {
  for (const [field, value] of Object.entries(metadata))
    if (isEmpty(value) || (field === 'generation' && value === 0)) delete metadata[field];
}

const isEmpty = (value: unknown): boolean =>
  value === '' ||
  value === null ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);
