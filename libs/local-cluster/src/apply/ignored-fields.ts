import { FieldSet } from './field-set.js';
import type { Path } from './field-set.js';
import { fieldElement } from './path-element.js';

const path = (...names: readonly string[]): Path => names.map(fieldElement);

/** What the server itself sets: nobody owns it. */
export const SERVER_FIELDS = FieldSet.of(
  path('apiVersion'),
  path('kind'),
  path('metadata'),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => path('metadata', name)),
);

const STATUS = FieldSet.of(path('status'));
const SPEC = FieldSet.of(path('spec'));
const POD = FieldSet.of(path('spec'), path('metadata', 'deletionTimestamp'), path('metadata', 'ownerReferences'));
const DEPLOYMENT = FieldSet.of(path('spec'), path('metadata', 'labels'));
const CUSTOM = FieldSet.of(path('spec'), path('metadata'));

/** What a write through the object itself, or through a subresource, leaves as it was: its strategy's reset fields. */
export function resetFields(kind: string, custom: boolean, subresource: string | undefined): FieldSet {
  if (!subresource) return STATUS;
  if (subresource !== 'status') return FieldSet.EMPTY;
  if (custom) return CUSTOM;
  return kind === 'Pod' ? POD : kind === 'Deployment' ? DEPLOYMENT : SPEC;
}
