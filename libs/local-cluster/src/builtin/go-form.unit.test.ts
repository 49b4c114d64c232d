import { expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import { toGoForm } from './go-form.js';

const formOf = (object: object): object => {
  const copy = structuredClone(object) as ApiObject;
  toGoForm(copy);
  return copy;
};

it('leaves out what is null, and what is empty where Go leaves it out', () => {
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: {}, annotations: null } };
  expect(formOf({ ...configMap, data: {}, immutable: false })).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    immutable: false, // a pointer in Go: false is not nothing
  });
});

it('keeps empty structs and the zeros of pointers, and reads null in a map of texts as an empty one', () => {
  const pod = (spec: object): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });
  const volumes = [{ name: 'v', emptyDir: {} }];
  const container = { name: 'c', image: '', env: [{ name: 'E', value: '' }], command: [], resources: {} };
  expect(
    formOf(pod({ volumes, containers: [container], nodeSelector: { a: null }, terminationGracePeriodSeconds: 0 })),
  ).toEqual(
    pod({
      volumes,
      containers: [{ name: 'c', env: [{ name: 'E' }], resources: {} }],
      nodeSelector: { a: '' },
      terminationGracePeriodSeconds: 0,
    }),
  );
});

it('leaves custom resources alone', () => {
  const run = {
    apiVersion: 'sympozium.ai/v1alpha1',
    kind: 'AgentRun',
    metadata: { name: 'a', labels: {} },
    spec: null,
  };
  expect(formOf(run)).toEqual(run);
});

it('has null for a time that is missing, unless it is a pointer or left out', () => {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }];
  expect(formOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: { conditions } })).toEqual({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    status: { conditions: [{ ...conditions[0], lastProbeTime: null }] },
  });
  expect(formOf({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' } })).toMatchObject({
    ...{ eventTime: null, firstTimestamp: null, lastTimestamp: null },
  });
});
