import type { ApiObject } from '../api-object.js';
import type { Column, Resource } from '../resources/resource.js';
import { partial, type View } from './view.js';

/** A Table of objects, https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables. */
export function tableOf(view: View, objects: readonly ApiObject[], metadata: object, headers = true): object {
  const { resource, columns = resource.columns, convert } = view;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${convert?.version ?? 'v1'}`,
    metadata,
    columnDefinitions: headers ? columns.map(definition) : null,
    rows: objects.map((object) => row(view, columns, object)),
  };
}

const definition = ({ name, type, format = '', description = '', priority = 0 }: Column): object => ({
  name,
  type,
  format,
  description,
  priority,
});

function row(view: View, columns: readonly Column[], object: ApiObject): object {
  const conditions = finished(view.resource, object);
  return {
    cells: columns.map((column) => column.value(object, view.now) ?? nothing(column)),
    ...(conditions && { conditions }),
    object: beside(view, object),
  };
}

/** A bookmark's name is empty. */
const nothing = ({ name }: Column): unknown => (name === 'Name' ? '' : null);

function beside({ includeObject, convert }: View, object: ApiObject): object | null {
  if (includeObject === 'None') return null;
  if (includeObject === 'Object') return object;
  return partial(object, { group: 'meta.k8s.io', version: convert?.version ?? 'v1' });
}

const FINISHED: Readonly<Record<string, { reason: string; message: string }>> = {
  Succeeded: { reason: 'Succeeded', message: 'The pod has completed successfully.' },
  Failed: { reason: 'Failed', message: 'The pod failed.' },
};

/** What marks the rows of Pods that are over. */
function finished({ group, kind }: Resource, object: ApiObject): readonly object[] | undefined {
  if (group !== '' || kind !== 'Pod') return undefined;
  const { phase = '' } = (object['status'] ?? {}) as { phase?: string };
  const over = FINISHED[phase];
  return over && [{ type: 'Completed', status: 'True', ...over }];
}
