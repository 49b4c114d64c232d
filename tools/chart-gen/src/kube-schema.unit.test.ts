import { expect, it } from 'vitest';
import { definitionsFor, kube, kubeWithout } from './kube-schema.js';
import { readValues } from './values.js';

it('a type of Kubernetes brings every type that it consists of, without fields it does not know', () => {
  const definitions = definitionsFor(kube('api.core.v1.Affinity'));
  expect(Object.keys(definitions)).toContain('apimachinery.pkg.apis.meta.v1.LabelSelector');
  for (const { type, properties, additionalProperties } of Object.values(definitions))
    if (type === 'object') expect(additionalProperties).toBe(properties === undefined ? undefined : false);
});

it('scalars may be written as people write them', () => {
  expect(definitionsFor(kube('api.core.v1.ResourceRequirements'))).toMatchObject({
    'apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  });
});

it('a field that the chart sets is left out, and not asked for', () => {
  const volume = kubeWithout('api.core.v1.Volume', 'name');
  expect(volume).toMatchObject({ type: 'object', additionalProperties: false });
  expect(volume['properties']).not.toHaveProperty('name');
  expect(volume).not.toHaveProperty('required');
});

it('a type that there is not is a mistake', () => {
  expect(() => definitionsFor(kube('api.core.v1.Pot'))).toThrow('Kubernetes has no api.core.v1.Pot');
});

it.each([
  ['a: 1', 'a has no comment that says what it means'],
  ['# A.\na:\n  b: x', 'a.b has no comment that says what it means'],
  ['# A.\na: []', 'a: its default does not tell what it may be; say it in VALUE_KINDS'],
  ['[]', 'values.yaml holds no map'],
])('values.yaml with %j is refused', (text, why) => {
  expect(() => readValues(text)).toThrow(why);
});
