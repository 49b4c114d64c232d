import type { Column, Resource, ScalePaths, Subresource } from '../resources/resource.js';
import type { Schema } from '../schema/schema.js';
import { cellsOf } from './columns/index.js';
import { definition } from './definitions.js';
import type { ColumnFacts, KindFacts } from './kind-facts.js';
import { KINDS } from './schemas/kinds.js';
import { strategyOf } from './strategies/index.js';

/** The kinds that Kubernetes brings along and this server serves. Their schemas are made when they are first asked for. */
export const builtinResources = (): readonly Resource[] => (JSON.parse(KINDS) as readonly KindFacts[]).map(resourceOf);

function resourceOf({ definition: name, subresources, columns, ...facts }: KindFacts): Resource {
  return {
    ...facts,
    subresources: subresourcesOf(subresources),
    get schema(): Schema {
      return definition(name);
    },
    strategy: strategyOf(facts.group, facts.kind),
    columns: columnsOf(facts, columns),
    custom: false,
  };
}

/** Of the built-in kinds that can be scaled, Deployment and ReplicaSet. */
const SCALE: ScalePaths = { spec: '.spec.replicas', status: '.status.replicas', labelSelector: '.spec.selector' };

function subresourcesOf(subresources: readonly Subresource[]): Resource['subresources'] {
  const others = subresources.filter(({ name }) => name !== 'status' && name !== 'scale');
  return {
    ...(subresources.some(({ name }) => name === 'status') && { status: true }),
    ...(subresources.some(({ name }) => name === 'scale') && { scale: SCALE }),
    ...(others.length > 0 && { others }),
  };
}

function columnsOf({ group, kind }: { group: string; kind: string }, columns: readonly ColumnFacts[]): Column[] {
  const cells = cellsOf(group, kind);
  return columns.map((column) => {
    const value = cells[column.name];
    if (!value) throw new Error(`nothing fills the column ${column.name} of ${kind}`);
    return { ...column, value };
  });
}
