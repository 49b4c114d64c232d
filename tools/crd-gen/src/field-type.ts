import type { SchemaNode } from './structural.js';

/** What may be written into a field, in a few words: `string, 1 to 256 characters`. */
export function fieldType(node: SchemaNode): string {
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  const words = [baseType(node), range(node)].filter((word) => word !== '');
  return words.join(', ') + (node.nullable === true ? ', or null' : '');
}

function baseType(node: SchemaNode): string {
  if (node.items) return `list of ${plural(node.items)}`;
  if (node.additionalProperties) return `map to ${plural(node.additionalProperties)}`;
  if (node.format === 'date-time') return 'time (RFC 3339)';
  if (node.type === 'object' && !node.properties) return 'any object';
  return node.type ?? '';
}

const plural = (node: SchemaNode): string => (node.properties ? 'objects' : `${baseType(node)}s`);

function range({ minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties }: SchemaNode): string {
  return (
    between(minLength, maxLength, ' characters') ||
    between(minItems, maxItems, ' items') ||
    between(undefined, maxProperties, ' entries') ||
    between(bound(minimum), bound(maximum), '')
  );
}

/** A bound that somebody chose, not one that its number format has anyway. */
const bound = (value: number | undefined): number | undefined =>
  value === undefined || Math.abs(value) >= 2_147_483_647 ? undefined : value;

function between(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === undefined && to === undefined) return '';
  if (from === undefined) return `at most ${to}${unit}`;
  return to === undefined ? `at least ${from}${unit}` : `${from} to ${to}${unit}`;
}
