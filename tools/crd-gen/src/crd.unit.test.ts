import { DEFINITIONS } from '@sympozium/api';
import { CEL_CASES } from '@sympozium/api/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rulesOf } from './api-docs.js';
import { crdYaml, customResourceDefinition } from './crd.js';
import { fieldsOf, isNamed, type Field } from './fields.js';
import { structuralSchema, type SchemaNode } from './structural.js';

/** What a node of each type may say beside what all may; https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/. */
const ALLOWED: Readonly<Record<string, readonly (keyof SchemaNode)[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'maxProperties', 'x-kubernetes-preserve-unknown-fields'],
  array: ['items', 'minItems', 'maxItems', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
  string: ['format', 'enum', 'minLength', 'maxLength'],
  integer: ['format', 'minimum', 'maximum'],
  number: ['minimum', 'maximum'],
  boolean: [],
};
const ANYWHERE: readonly (keyof SchemaNode)[] = [
  'type',
  'description',
  'default',
  'nullable',
  'x-kubernetes-validations',
];

/** What a node says that it may not, each with its place. */
function illegal({ path, node }: Field): string[] {
  const allowed = [...ANYWHERE, ...(ALLOWED[node.type ?? ''] ?? [])];
  const keywords = Object.keys(node).filter((keyword) => !allowed.some((known) => known === keyword));
  const missing = (node.required ?? []).filter((name) => node.properties?.[name] === undefined);
  return [
    ...keywords.map((keyword) => `${path}: ${keyword}`),
    ...missing.map((name) => `${path}: required ${name} is no property`),
    ...(Object.hasOwn(ALLOWED, node.type ?? '') ? [] : [`${path}: type ${node.type}`]),
    ...(node.properties && node.additionalProperties ? [`${path}: properties and additionalProperties`] : []),
  ];
}

function isBounded(node: SchemaNode): boolean {
  if (node.type === 'array') return node.maxItems !== undefined;
  if (node.additionalProperties) return node.maxProperties !== undefined;
  return node.type !== 'string' || [node.enum, node.format, node.maxLength].some((bound) => bound !== undefined);
}

describe.each(DEFINITIONS)('the CRD of $kind.kind', (definition) => {
  const { spec, metadata } = customResourceDefinition(definition);
  const [version] = spec.versions;
  const schema: SchemaNode = version?.schema.openAPIV3Schema ?? {};
  const fields: readonly Field[] = [{ path: '', node: schema, required: true }, ...fieldsOf(schema)];
  const own = fieldsOf(structuralSchema(definition.schema));

  it('reads back from YAML as it was made', () => {
    expect(parse(crdYaml(definition), { version: '1.1' })).toEqual(customResourceDefinition(definition));
  });

  it('is named as the API server wants it', () => {
    expect(metadata.name).toBe(`${spec.names.plural}.${spec.group}`);
    expect(spec.names.singular).toBe(spec.names.kind.toLowerCase());
    expect(spec.names.categories).toEqual(['sympozium']);
  });

  it('has a status subresource and one stored version', () => {
    expect(spec.versions.map(({ name, served, storage }) => [name, served, storage])).toEqual([
      ['v1alpha1', true, true],
    ]);
    expect(version?.subresources).toEqual({ status: {} });
  });

  it('has one type at every node, and no keyword that the API server does not take there', () => {
    expect(fields.flatMap(illegal)).toEqual([]);
  });

  it('bounds every list, map and text, so that rules stay cheap', () => {
    expect(own.filter(({ node }) => !isBounded(node)).map(({ path }) => path)).toEqual([]);
  });

  it('tells in a sentence what every field means', () => {
    const told = ({ node }: Field) => /\S\.$/.test(node.description ?? '');
    expect(own.filter((field) => isNamed(field) && !told(field)).map(({ path }) => path)).toEqual([]);
  });

  it('tells the items of lists that are merged apart by required texts', () => {
    const lists = own.filter(({ node }) => node['x-kubernetes-list-type'] === 'map');
    expect(lists.length).toBeGreaterThan(0);
    for (const { node } of lists) {
      const keys = node['x-kubernetes-list-map-keys'] ?? [];
      expect(node.items?.required).toEqual(expect.arrayContaining(keys));
      expect(keys.map((key) => node.items?.properties?.[key]?.type)).toEqual(['string']);
    }
  });

  it('shows fields that exist in its columns', () => {
    const paths = ['.metadata.creationTimestamp', ...own.map(({ path }) => `.${path}`)];
    const shown = (version?.additionalPrinterColumns ?? []).map(({ jsonPath }) =>
      jsonPath.replace(/\[\?.*?\)\]/, '[]'),
    );
    expect(paths).toEqual(expect.arrayContaining(shown));
  });

  const rules = rulesOf(structuralSchema(definition.schema));

  it('has rules, each with one line on what to write', () => {
    expect(rules.length).toBeGreaterThan(0);
    for (const { message } of rules) expect(message).toMatch(/^[^\n]{10,}$/);
  });

  it.each(rules)('has a case that $path accepts and one that it refuses: $message', ({ path, message }) => {
    const cases = CEL_CASES.filter(
      ({ kind, rule }) => kind.kind === definition.kind.kind && rule.at === path && rule.message === message,
    );
    expect(cases.some(({ refusedWith }) => refusedWith === undefined)).toBe(true);
    expect(cases.some(({ refusedWith }) => refusedWith === message)).toBe(true);
  });

  it('has no case of a rule that is not there', () => {
    const known = new Set(rules.map(({ path, message }) => `${path} ${message}`));
    const cases = CEL_CASES.filter(({ kind }) => kind.kind === definition.kind.kind);
    expect(cases.filter(({ rule }) => !known.has(`${rule.at} ${rule.message}`)).map(({ name }) => name)).toEqual([]);
    expect(new Set(cases.map(({ object }) => object.metadata.name)).size).toBe(cases.length);
  });
});

describe('kubectl get arun', () => {
  const [run] = DEFINITIONS.map(customResourceDefinition);

  it('shows phase, mode, instance, reason, age and result', () => {
    const shown = (run?.spec.versions[0]?.additionalPrinterColumns ?? []).filter(({ priority = 0 }) => priority === 0);
    expect(shown.map(({ name }) => name)).toEqual(['Phase', 'Mode', 'Instance', 'Reason', 'Age', 'Result']);
    expect(run?.spec.names.shortNames).toEqual(['arun']);
  });

  it('shows Pending before anybody wrote a status', () => {
    const status = run?.spec.versions[0]?.schema.openAPIV3Schema.properties?.['status'];
    expect(status?.default).toEqual({});
    expect(status?.properties?.['phase']?.default).toBe('Pending');
  });
});
