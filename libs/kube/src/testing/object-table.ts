import { kindKey, type Kind, type KubeObject } from '@sympozium/api';
import type { ObjectKey } from '../client.js';
import { EventHistory } from './event-history.js';

export interface Row {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** All objects by kind and name, and the history of their changes. Rows are shared: never change them. */
export class ObjectTable {
  readonly history = new EventHistory();
  readonly #rows = new Map<string, Row>();

  get(kind: Kind, key: ObjectKey): KubeObject | undefined {
    return this.#rows.get(rowKey(kind, key))?.object;
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** Objects of a kind that pass, ordered by namespace and name. */
  select(kind: Kind, passes: (object: KubeObject) => boolean): KubeObject[] {
    return [...this.#rows.entries()]
      .filter(([, row]) => kindKey(row.kind) === kindKey(kind) && passes(row.object))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row.object);
  }

  /** Keeps an object under a new resource version and returns it with that. */
  store(kind: Kind, object: KubeObject): KubeObject {
    const old = this.get(kind, keyOf(object));
    const change = this.history.append(kind, (resourceVersion) => ({
      object: { ...object, metadata: { ...object.metadata, resourceVersion } },
      deleted: false,
      ...(old ? { old } : {}),
    }));
    this.#rows.set(rowKey(kind, keyOf(object)), { kind, object: change.object });
    return change.object;
  }

  remove(kind: Kind, object: KubeObject): KubeObject {
    const old = this.get(kind, keyOf(object)) ?? object;
    this.#rows.delete(rowKey(kind, keyOf(object)));
    return this.history.append(kind, (resourceVersion) => ({
      object: { ...object, metadata: { ...object.metadata, resourceVersion } },
      old,
      deleted: true,
    })).object;
  }
}

export const keyOf = ({ metadata: { name, namespace } }: KubeObject): ObjectKey => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

const rowKey = (kind: Kind, { namespace = '', name }: ObjectKey): string =>
  `${kindKey(kind)}\0${kind.namespaced ? namespace : ''}\0${name}`;
