import type { Column, Resource, Subresource } from '../resources/resource.js';

type Names = 'group' | 'version' | 'kind' | 'plural' | 'singular' | 'shortNames' | 'categories';

/** What is generated of a kind: the real server's discovery, and its columns without what fills them. */
export interface KindFacts extends Pick<Resource, Names | 'namespaced' | 'verbs'> {
  readonly subresources: readonly Subresource[];
  /** Name of its schema's definition. */
  readonly definition: string;
  readonly columns: readonly ColumnFacts[];
}

export type ColumnFacts = Omit<Column, 'value'>;
