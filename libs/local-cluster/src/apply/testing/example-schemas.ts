import { customSchema } from '../../crd/custom-schema.js';
import { OBJECT_META } from '../../schema/object-meta.js';
import type { Schema } from '../../schema/schema.js';

const text: Schema = { type: 'string' };
const number: Schema = { type: 'integer' };
const texts: Schema = { type: 'object', additionalProperties: text };

/** A custom kind with every way to own fields. */
export const THING: Schema = customSchema({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        text,
        set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        items: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name', 'port'],
          items: { type: 'object', properties: { name: text, port: { ...number, default: 1 }, note: text } },
        },
        atomicMap: { ...texts, 'x-kubernetes-map-type': 'atomic' },
        atomicList: { type: 'array', items: number },
        map: texts,
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { phase: text } },
  },
});

export const CONFIG_MAP: Schema = {
  type: 'object',
  'x-go-type': 'v1.ConfigMap',
  properties: { apiVersion: text, kind: text, metadata: OBJECT_META, data: texts },
};

const merged = (key: string, items: Schema): Schema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
  'x-kubernetes-patch-merge-key': key,
  'x-kubernetes-patch-strategy': 'merge',
});

const variable: Schema = { type: 'object', 'x-go-type': 'v1.EnvVar', properties: { name: text, value: text } };
const container: Schema = {
  type: 'object',
  'x-go-type': 'v1.Container',
  properties: {
    name: { ...text, default: '' },
    image: text,
    command: { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' },
    env: merged('name', variable),
  },
};
const volume: Schema = {
  type: 'object',
  'x-go-type': 'v1.Volume',
  properties: { name: text, emptyDir: { type: 'object' }, secret: { type: 'object' } },
};

/** As much of a Pod as ownership and strategic merge need. */
export const POD: Schema = {
  type: 'object',
  'x-go-type': 'v1.Pod',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { ...OBJECT_META, default: {} },
    spec: {
      type: 'object',
      'x-go-type': 'v1.PodSpec',
      default: {},
      required: ['containers'],
      properties: {
        nodeName: text,
        containers: merged('name', container),
        volumes: { ...merged('name', volume), 'x-kubernetes-patch-strategy': 'merge,retainKeys' },
        nodeSelector: { ...texts, 'x-kubernetes-map-type': 'atomic' },
      },
    },
    status: { type: 'object', default: {}, properties: { phase: text, podIP: text } },
  },
};
