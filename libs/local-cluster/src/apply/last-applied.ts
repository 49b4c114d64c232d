import type { ApiObject } from '../api-object.js';
import { clone, isObject } from '../clone.js';
import type { JsonObject } from '../schema/json.js';
import { compare } from './compare.js';
import { FieldSet } from './field-set.js';
import { fieldSetOf } from './field-set-of.js';
import { goJson } from './path-element.js';
import type { Shape } from './shape.js';
import { Conflicts } from './updater.js';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The conflicts that stand when an object moves from `kubectl apply` to server-side apply: fields that still are as
 * they were last applied by the client are the client's. None left: the apply may be forced.
 */
export function withoutLastApplied(conflicts: Conflicts, shape: Shape, live: ApiObject): Conflicts | undefined {
  const allowed = lastAppliedFields(shape, live);
  if (!allowed) return conflicts;
  const sets = [...conflicts.sets].map(([id, fields]) => [id, fields.difference(allowed)] as const);
  const left = new Map(sets.filter(([, fields]) => !fields.empty));
  return left.size > 0 ? new Conflicts(left) : undefined;
}

function lastAppliedFields(shape: Shape, live: ApiObject): FieldSet | undefined {
  const config = parsed(lastAppliedOf(live));
  if (!config || config['apiVersion'] !== live.apiVersion) return undefined;
  const { added, modified, removed } = compare(shape, config, live);
  return fieldSetOf(shape, config).difference(modified).difference(added).difference(removed);
}

function parsed(text: string | undefined): JsonObject | undefined {
  try {
    const config: unknown = text ? JSON.parse(text) : undefined;
    return isObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

const lastAppliedOf = ({ metadata }: ApiObject): string | undefined => metadata.annotations?.[LAST_APPLIED];

/** Keeps the annotation of `kubectl apply` true, where there is one. Changes `object`'s annotations by a copy. */
export function withLastApplied(object: ApiObject, applied: ApiObject): ApiObject {
  if (!lastAppliedOf(object)) return object;
  const config = clone(applied);
  delete config.metadata.annotations?.[LAST_APPLIED];
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: `${goJson(config)}\n` };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
