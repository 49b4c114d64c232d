import { expect, it } from 'vitest';
import { definitionsOf, type OpenApiNode } from './definitions.js';

const ref = (name: string): OpenApiNode => ({ $ref: `#/components/schemas/${name}` });
const document = (schemas: Record<string, OpenApiNode>) => ({ components: { schemas } });

it('takes what the roots consist of, without prose and sorted by name', () => {
  const core = document({
    Unused: { type: 'object' },
    Pod: {
      description: 'A Pod.',
      type: 'object',
      properties: {
        spec: { description: 'What is wanted.', allOf: [ref('Spec')], default: {} },
        tags: { description: 'Tags.', type: 'array', items: ref('Tag'), 'x-kubernetes-list-type': 'set' },
      },
      'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Pod' }],
    },
  });
  const others = document({
    Tag: { type: 'string' },
    Spec: { type: 'object', properties: { pods: { type: 'object', additionalProperties: ref('Pod') } } },
  });
  const [definitions, prose] = definitionsOf([core, others], ['Pod']);
  expect(Object.keys(definitions)).toEqual(['Pod', 'Spec', 'Tag']);
  expect(definitions).toEqual({
    Pod: {
      type: 'object',
      properties: {
        spec: { $ref: 'Spec', default: {} },
        tags: { type: 'array', items: { $ref: 'Tag' }, 'x-kubernetes-list-type': 'set' },
      },
    },
    Spec: { type: 'object', properties: { pods: { type: 'object', additionalProperties: { $ref: 'Pod' } } } },
    Tag: { type: 'string' },
  });
  expect(prose).toEqual({ Pod: { '': 'A Pod.', spec: 'What is wanted.', tags: 'Tags.' }, Spec: {}, Tag: {} });
});

it('keeps a field that is called like a keyword', () => {
  const schemas = { Event: { type: 'object', properties: { description: { type: 'string' }, items: ref('Event') } } };
  const [definitions] = definitionsOf([document(schemas)], ['Event']);
  expect(definitions['Event']?.properties).toEqual({ description: { type: 'string' }, items: { $ref: 'Event' } });
});

it('says which definition is missing', () => {
  expect(() => definitionsOf([document({ Pod: { allOf: [ref('Gone')] } })], ['Pod'])).toThrow(
    'no document defines Gone',
  );
});
