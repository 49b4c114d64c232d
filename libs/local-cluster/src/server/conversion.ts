import type { ApiObject } from '../api-object.js';
import { ApiError, badRequest } from '../api-error.js';
import type { ObjectList } from '../rest/object-api.js';
import type { Conversion } from './negotiate.js';
import { apiVersionOf, partial, type View } from './view.js';
import { tableOf } from './table.js';

const INCLUDES = ['', 'Metadata', 'Object', 'None'];

/** Reads the options of a Table; 400 as the real server says it. */
export function includeObject(query: URLSearchParams, convert: Conversion | undefined): string {
  const value = query.get('includeObject') ?? '';
  if (convert?.kind !== 'Table' || INCLUDES.includes(value)) return value;
  const why = `includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`;
  throw badRequest(`Unable to convert to Table as requested: ${why}`);
}

/** One object as the client wants it. */
export function showObject(view: View, object: ApiObject): unknown {
  const { convert } = view;
  if (!convert) return object;
  if (convert.kind === 'Table') return tableOf(view, [object], { resourceVersion: object.metadata.resourceVersion });
  if (convert.kind === 'PartialObjectMetadata') return partial(object, convert);
  throw notThat(`you requested PartialObjectMetadataList, but the requested object is not a list (${goType(view)})`);
}

/** A list as the client wants it. */
export function showList(view: View, list: ObjectList): unknown {
  const { convert, resource } = view;
  const metadata = listMetadata(list);
  if (!convert) {
    const head = { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource) };
    if (resource.custom) return { ...head, metadata: { continue: '', ...metadata }, items: list.items };
    return { ...head, metadata, items: list.items.map(withoutType) };
  }
  if (convert.kind === 'Table') return tableOf(view, list.items, metadata);
  if (convert.kind === 'PartialObjectMetadataList') {
    const items = list.items.map((object) => partial(object, convert));
    return { kind: convert.kind, apiVersion: apiVersionOf(convert), metadata, items };
  }
  throw notThat(`you requested PartialObjectMetadata, but the requested object is a list (${goType(view)}List)`);
}

const goType = ({ resource }: View): string =>
  resource.custom ? '*unstructured.Unstructured' : `*${resource.group.split('.')[0] || 'core'}.${resource.kind}`;

const notThat = (message: string): ApiError => new ApiError(406, 'NotAcceptable', message);

/** Items of a typed list do not say what they are. */
const withoutType = (object: ApiObject): object => ({ ...object, kind: undefined, apiVersion: undefined });

function listMetadata({ resourceVersion, continue: token, remainingItemCount }: ObjectList): object {
  return {
    resourceVersion,
    ...(token !== undefined && { continue: token }),
    ...(remainingItemCount !== undefined && { remainingItemCount }),
  };
}
