import { isObject } from '../clone.js';
import { FieldSet } from './field-set.js';
import { itemsByElement } from './list-items.js';
import { fieldElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import { partsFor } from './shape.js';
import type { ListShape, MapShape, Shape } from './shape.js';

/** Every leaf and every list item that a value mentions. */
export function fieldSetOf(shape: Shape, value: unknown): FieldSet {
  const set = new FieldSet();
  collect(set, [], shape, value);
  return set;
}

function collect(set: FieldSet, path: readonly PathElement[], shape: Shape, value: unknown): void {
  const [part] = partsFor(shape, value);
  if (part === 'map' && shape.map) collectFields(set, path, shape.map, value);
  else if (part === 'list' && shape.list) collectItems(set, path, shape.list, value);
  else set.insert(path);
}

function collectFields(set: FieldSet, path: readonly PathElement[], map: MapShape, value: unknown): void {
  if (map.atomic) return set.insert(path);
  if (!isObject(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const named = map.field(name);
    const shape = named ?? map.others;
    const inner = [...path, fieldElement(name)];
    if (shape) collect(set, inner, shape, field);
    if (!named || isNothing(field)) set.insert(inner);
  }
}

const isNothing = (value: unknown): boolean => value === null || (isObject(value) && Object.keys(value).length === 0);

function collectItems(set: FieldSet, path: readonly PathElement[], list: ListShape, value: unknown): void {
  if (list.atomic) return set.insert(path);
  if (!Array.isArray(value)) return;
  for (const [element, items] of itemsByElement(list, value)) {
    const inner = [...path, element];
    if (items.length === 1) collect(set, inner, list.item, items[0]);
    set.insert(inner);
  }
}
