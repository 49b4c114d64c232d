import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import { parseFieldSelector } from './field-selector.js';
import { parseLabelSelector } from './label-selector.js';

export { parseFieldSelector, parseLabelSelector };

/** Whether an object is among those that a list or watch asks for. Throws 400 for a selector that cannot be read. */
export function selection(
  resource: Resource,
  { labelSelector, fieldSelector }: { readonly labelSelector?: string; readonly fieldSelector?: string },
): (object: ApiObject) => boolean {
  const byLabels = labelSelector ? parseLabelSelector(labelSelector) : undefined;
  const byFields = fieldSelector ? parseFieldSelector(fieldSelector, resource) : undefined;
  return (object) => (byLabels?.(object.metadata.labels) ?? true) && (byFields?.(object) ?? true);
}
