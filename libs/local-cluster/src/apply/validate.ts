import { isObject } from '../clone.js';
import { goSyntax, goText, goType } from '../patch/refusals.js';
import { itemElement } from './list-items.js';
import { fieldElement, printElement } from './path-element.js';
import { partsFor } from './shape.js';
import type { ListShape, MapShape, Shape } from './shape.js';

/** Where a value is not of its shape, in the words of structured-merge-diff; an applied list has no item twice. */
export function shapeErrors(shape: Shape, value: unknown): string[] {
  const [part] = partsFor(shape, value);
  if (part === 'map' && shape.map) return fieldErrors(shape.map, value);
  if (part === 'list' && shape.list) return itemErrors(shape.list, value);
  return scalarErrors(shape.scalar, value);
}

function fieldErrors(map: MapShape, value: unknown): string[] {
  if (value === null) return [];
  if (!isObject(value)) return [`expected map, got &{${goText(value)}}`];
  return Object.entries(value).flatMap(([name, field]) => {
    const path = printElement(fieldElement(name));
    const shape = map.field(name) ?? map.others;
    return shape ? below(path, shapeErrors(shape, field)) : [`${path}: field not declared in schema`];
  });
}

function itemErrors(list: ListShape, value: unknown): string[] {
  if (value === null) return [];
  if (!Array.isArray(value)) return [`expected list, got &{${goText(value)}}`];
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const path = list.atomic ? `[${index}]` : pathOf(list, item);
    if (path instanceof Error) return [...errors, `element ${index}: ${path.message}`];
    if (seen.has(path)) errors.push(`duplicate entries for key ${path}`);
    seen.add(path);
    errors.push(...below(path, shapeErrors(list.item, item)));
  }
  return errors;
}

function pathOf(list: ListShape, item: unknown): string | TypeError {
  try {
    return printElement(itemElement(list, item));
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
}

/** An error text begins with its path, if it has one. */
const below = (path: string, errors: readonly string[]): string[] =>
  errors.map((error) => (/^[.[]/.test(error) ? `${path}${error}` : `${path}: ${error}`));

function scalarErrors(scalar: Shape['scalar'], value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const type = typeof value;
  switch (scalar) {
    case 'numeric':
      return type === 'number' ? [] : [`expected numeric (int or float), got ${goType(value)}`];
    case 'string':
      return type === 'string' ? [] : [`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`];
    case 'boolean':
      return type === 'boolean' ? [] : [`expected boolean, got &{${goText(value)}}`];
    default:
      return type === 'object' ? [`expected any scalar, got &{${goText(value)}}`] : [];
  }
}
