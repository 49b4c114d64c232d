import { isObject } from '../clone.js';
import type { FieldSet } from './field-set.js';
import { elementOrNone } from './list-items.js';
import { fieldElement } from './path-element.js';
import { partsFor } from './shape.js';
import type { ListShape, MapShape, Shape } from './shape.js';

/** A value without some of its fields and items. What nothing is left of is `null`; atomic values are not cut. */
export function remove(shape: Shape, value: unknown, paths: FieldSet): unknown {
  const [part] = partsFor(shape, value);
  if (part === 'map' && shape.map) return removeFields(shape.map, value, paths);
  if (part === 'list' && shape.list) return removeItems(shape.list, value, paths);
  return value;
}

function removeFields(map: MapShape, value: unknown, paths: FieldSet): unknown {
  if (!isObject(value) || map.atomic) return null;
  const kept: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const element = fieldElement(name);
    if (paths.owns(element)) continue;
    kept[name] = cut(map.field(name) ?? map.others, field, paths.below(element));
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

function removeItems(list: ListShape, value: unknown, paths: FieldSet): unknown {
  if (!Array.isArray(value) || list.atomic) return null;
  const kept: unknown[] = [];
  for (const item of value) {
    const element = elementOrNone(list, item);
    if (element !== undefined && paths.owns(element)) continue;
    kept.push(element === undefined ? item : cut(list.item, item, paths.below(element)));
  }
  return kept.length > 0 ? kept : null;
}

const cut = (shape: Shape | undefined, value: unknown, paths: FieldSet): unknown =>
  shape && !paths.empty ? remove(shape, value, paths) : value;
