import type { ApiObject } from '../api-object.js';
import type { Column, Resource } from '../resources/resource.js';
import type { Conversion } from './negotiate.js';

/** How a client wants the objects of one resource shown. */
export interface View {
  readonly resource: Resource;
  readonly convert: Conversion | undefined;
  /** Of a Table; those of the resource if absent. */
  readonly columns?: readonly Column[];
  /** `Metadata` (default), `Object` or `None`: what stands beside the cells of a Table's row. */
  readonly includeObject: string;
  /** Milliseconds since 1970, for ages. */
  readonly now: number;
}

/** An object without what only its kind knows. */
export const partial = (object: ApiObject, as: { group: string; version: string }): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: apiVersionOf(as),
  metadata: object.metadata,
});

export const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? version : `${group}/${version}`;
