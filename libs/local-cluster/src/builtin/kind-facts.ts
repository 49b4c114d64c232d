import type { Column, Verb } from '../resources/resource.js';

/** What is generated of a kind: the real server's discovery, and its columns without what fills them. */
export interface KindFacts {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly SubresourceFacts[];
  /** Name of its schema's definition. */
  readonly definition: string;
  readonly columns: readonly Omit<Column, 'value'>[];
}

export interface SubresourceFacts {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
  readonly group?: string;
  readonly version?: string;
}
