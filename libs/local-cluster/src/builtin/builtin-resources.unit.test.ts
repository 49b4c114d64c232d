import { expect, it } from 'vitest';
import type { Resource } from '../resources/resource.js';
import type { Schema } from '../schema/schema.js';
import { crdStrategy } from '../crd/index.js';
import { builtinResources } from './builtin-resources.js';
import { definitionOf } from './definitions.js';

const resources = builtinResources();

function kind(group: string, name: string): Resource {
  const found = resources.find((resource) => resource.group === group && resource.kind === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function at(schema: Schema, path: string): Schema {
  const found = path.split('.').reduce<Schema | undefined>((node, step) => {
    if (step === '[]') return node?.items;
    return step === '{}' ? (node?.additionalProperties as Schema) : node?.properties?.[step];
  }, schema);
  if (!found) throw new Error(`no ${path}`);
  return found;
}

/** Every schema object once. */
function walk(schema: Schema, visit: (node: Schema) => void, seen = new Set<object>()): void {
  if (seen.has(schema.properties ?? schema)) return;
  seen.add(schema.properties ?? schema);
  visit(schema);
  const { properties = {}, items, additionalProperties } = schema;
  for (const child of [...Object.values(properties), items, additionalProperties])
    if (typeof child === 'object') walk(child, visit, seen);
}

it('serves the kinds that runs need', () => {
  expect(resources.map(({ group, plural }) => (group === '' ? plural : `${plural}.${group}`))).toEqual([
    'configmaps',
    'endpoints',
    'events',
    'namespaces',
    'nodes',
    'pods',
    'secrets',
    'serviceaccounts',
    'services',
    'customresourcedefinitions.apiextensions.k8s.io',
    'deployments.apps',
    'replicasets.apps',
    'selfsubjectreviews.authentication.k8s.io',
    'tokenreviews.authentication.k8s.io',
    'selfsubjectaccessreviews.authorization.k8s.io',
    'selfsubjectrulesreviews.authorization.k8s.io',
    'subjectaccessreviews.authorization.k8s.io',
    'jobs.batch',
    'leases.coordination.k8s.io',
    'endpointslices.discovery.k8s.io',
    'networkpolicies.networking.k8s.io',
    'poddisruptionbudgets.policy',
    'clusterrolebindings.rbac.authorization.k8s.io',
    'clusterroles.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
    'roles.rbac.authorization.k8s.io',
  ]);
});

it('tells discovery what the real server tells', () => {
  const { shortNames, categories, singular, namespaced, verbs, subresources } = kind('', 'Pod');
  expect({ shortNames, categories, singular, namespaced }).toEqual({
    shortNames: ['po'],
    categories: ['all'],
    singular: 'pod',
    namespaced: true,
  });
  expect(verbs).toEqual(['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']);
  expect(subresources).toEqual({
    status: true,
    others: [
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'eviction', kind: 'Eviction', verbs: ['create'], group: 'policy', version: 'v1' },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
    ],
  });
  expect(kind('', 'Namespace').verbs).not.toContain('deletecollection');
  expect(kind('authorization.k8s.io', 'SubjectAccessReview').verbs).toEqual(['create']);
});

it('scales what can be scaled', () => {
  const scalable = resources.filter(({ subresources }) => subresources.scale);
  expect(scalable.map((resource) => resource.kind)).toEqual(['Deployment', 'ReplicaSet']);
  expect(scalable[0]?.subresources).toEqual({
    status: true,
    scale: { spec: '.spec.replicas', status: '.status.replicas', labelSelector: '.spec.selector' },
  });
});

it('knows how lists merge, what is defaulted, and Go’s names', () => {
  const { schema } = kind('', 'Pod');
  expect(at(schema, 'spec.containers')).toMatchObject({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  });
  expect(at(schema, 'spec.containers.[]')['x-go-type']).toBe('v1.Container');
  expect(at(schema, 'spec.containers.[].ports.[].protocol').default).toBe('TCP');
  expect(at(schema, 'spec.containers.[].resources.limits.{}').format).toBe('quantity');
  expect(at(schema, 'spec.containers.[].ports')['x-kubernetes-list-map-keys']).toEqual(['containerPort', 'protocol']);
  expect(at(schema, 'metadata.managedFields.[].fieldsV1')['x-kubernetes-preserve-unknown-fields']).toBe(true);
  expect(at(kind('', 'Service').schema, 'spec.ports.[].targetPort').format).toBe('int-or-string');
});

it('explains fields, and the types behind them', () => {
  const spec = at(kind('batch', 'Job').schema, 'spec');
  expect(spec.description).toMatch(/^Specification of the desired behavior of a job\./);
  expect(definitionOf(spec)).toMatchObject({
    name: 'io.k8s.api.batch.v1.JobSpec',
    schema: { 'x-go-type': 'v1.JobSpec' },
  });
  expect(definitionOf(spec)?.schema.description).toBe('JobSpec describes how the job execution will look like.');
  expect(definitionOf(at(spec, 'parallelism'))).toBeUndefined();
});

it('makes a schema that meets itself of the same objects again', () => {
  const schema = at(
    kind('apiextensions.k8s.io', 'CustomResourceDefinition').schema,
    'spec.versions.[].schema.openAPIV3Schema',
  );
  expect(at(schema, 'not').properties).toBe(schema.properties);
  expect(at(schema, 'properties.{}').properties).toBe(schema.properties);
});

it('leaves no reference open, and describes nearly every field', () => {
  let fields = 0;
  let described = 0;
  for (const { schema } of resources)
    walk(schema, (node) => {
      expect(node).not.toHaveProperty('$ref');
      for (const field of Object.values(node.properties ?? {})) {
        fields += 1;
        described += Number(field.description !== undefined);
      }
    });
  expect(fields).toBeGreaterThan(2_000);
  expect(described / fields).toBeGreaterThan(0.98);
});

it('gives the same schema each time', () => {
  expect(kind('', 'Pod').schema).toBe(kind('', 'Pod').schema);
});

it('fills every column of every kind that can be listed', () => {
  for (const { verbs, columns } of resources) expect(columns.length > 0).toBe(verbs.includes('list'));
  expect(kind('apps', 'Deployment').columns.map(({ name, type, priority }) => [name, type, priority])).toEqual([
    ['Name', 'string', 0],
    ['Ready', 'string', 0],
    ['Up-to-date', 'string', 0],
    ['Available', 'string', 0],
    ['Age', 'string', 0],
    ['Containers', 'string', 1],
    ['Images', 'string', 1],
    ['Selector', 'string', 1],
  ]);
});

it('gives CustomResourceDefinitions the rules of their own', () => {
  expect(builtinResources().find(({ kind }) => kind === 'CustomResourceDefinition')?.strategy).toBe(crdStrategy);
});
