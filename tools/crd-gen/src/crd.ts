import { API_VERSION, GROUP, VERSION, type KindDefinition, type PrinterColumn } from '@sympozium/api';
import { stringify } from 'yaml';
import { structuralSchema, type SchemaNode } from './structural.js';

/** Fields that every object has; their meaning is Kubernetes’ own. */
const COMMON: Record<string, SchemaNode> = {
  apiVersion: { type: 'string', description: `Always ${API_VERSION}.` },
  kind: { type: 'string', description: 'Name of the kind.' },
  metadata: { type: 'object' },
};

/** The CustomResourceDefinition of one kind, as plain data. */
export function customResourceDefinition(definition: KindDefinition) {
  const { kind, singular, shortNames, categories, columns } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${GROUP}`,
      labels: { 'app.kubernetes.io/name': 'sympozium' },
      // Uninstalling the chart must not delete every object of every user.
      annotations: { 'helm.sh/resource-policy': 'keep' },
    },
    spec: {
      group: GROUP,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular,
        shortNames: [...shortNames],
        categories: [...categories],
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          additionalPrinterColumns: columns.map(printerColumn),
          schema: { openAPIV3Schema: objectSchema(definition) },
          subresources: { status: {} },
        },
      ],
    },
  };
}

const printerColumn = ({ name, type, description, jsonPath, priority }: PrinterColumn) => ({
  name,
  type,
  description,
  jsonPath,
  ...(priority !== undefined && { priority }),
});

function objectSchema({ schema, description }: KindDefinition): SchemaNode {
  const { properties, ...root } = structuralSchema(schema);
  return { description, ...root, properties: { ...COMMON, ...properties } };
}

/**
 * The same as YAML, for `kubectl apply` and as a template of the chart `sympozium-crds`, hence without `{{`.
 * Quoted as YAML 1.1 wants it, which Go reads.
 */
export const crdYaml = (definition: KindDefinition): string =>
  `# Generated from libs/api by \`npm run generate\`.\n${stringify(customResourceDefinition(definition), {
    lineWidth: 0,
    version: '1.1',
    aliasDuplicateObjects: false,
  })}`;
