import { expect, it } from 'vitest';
import { definition } from '../builtin/definitions.js';
import { customSchema } from './custom-schema.js';

const FIELDS = ['apiVersion', 'kind', 'metadata'];
const pod = definition('io.k8s.api.core.v1.Pod').properties;

it('says of the fields of every object what it says of built-in kinds, and keeps what a CRD demands of them', () => {
  const apiVersion = { type: 'string', enum: ['example.com/v1'], description: 'Always the same.' } as const;
  const { properties } = customSchema({ type: 'object', properties: { apiVersion, spec: { type: 'object' } } });
  for (const field of FIELDS) expect(properties?.[field]?.description).toBe(pod?.[field]?.description);
  expect(properties?.['apiVersion']?.enum).toEqual(['example.com/v1']);
  expect(properties?.['spec']).toEqual({ type: 'object' });
});

it('gives embedded objects the same fields, with shorter words', () => {
  const template = { type: 'object', 'x-kubernetes-embedded-resource': true, properties: {} } as const;
  const { properties } = customSchema({ type: 'object', properties: { template } });
  const embedded = properties?.['template']?.properties;
  expect(Object.keys(embedded ?? {})).toEqual(FIELDS);
  expect(embedded?.['kind']?.description).toMatch(/^kind is a string value representing the type of this object/);
  expect(embedded?.['metadata']?.properties).toHaveProperty('managedFields');
});
