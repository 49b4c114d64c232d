import { badRequest } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';

interface Term {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/**
 * The test that a field selector makes, https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/.
 * Throws 400 with the words of k8s.io/apimachinery/pkg/fields, or of the kind where it does not know a field.
 */
export function parseFieldSelector(selector: string, resource: Resource): (object: ApiObject) => boolean {
  const parts = splitTerms(selector).sort();
  const terms = parts
    .filter((part) => part !== '')
    .map((part) => termOf(part, selector))
    .filter(({ field, value }) => field !== '' || value !== ''); // a lone operator asks for nothing
  const known = knownFields(resource);
  for (const { field } of terms) if (!known.has(field)) throw badRequest(unknownField(field, resource));
  const valueOf = valuesOf(resource);
  return (object) => terms.every(({ field, equal, value }) => (valueOf(object, field) === value) === equal);
}

/** Cuts at commas that no backslash protects. */
const splitTerms = (selector: string): string[] => selector.match(/(?<=^|,)(?:\\[^]|[^\\,]|\\$)*/g) ?? [];

function termOf(part: string, selector: string): Term {
  const [, field = '', operator = '', value = ''] = /^([^]*?)(!=|==|=)([^]*)$/.exec(part) ?? [];
  if (operator === '') throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
  return { field, equal: operator !== '!=', value: unescaped(value) };
}

function unescaped(value: string): string {
  return value.replace(/\\([^]?)|[,=]/gu, (found, escaped: string | undefined) => {
    if (escaped === undefined)
      throw badRequest(`invalid field selector: unescaped character in value: ${found.charCodeAt(0)}`);
    if (!['\\', ',', '='].includes(escaped))
      throw badRequest(`invalid field selector: invalid escape sequence: ${found}`);
    return escaped;
  });
}

/** Fields that a kind has of its own: those it gives for an object with nothing in it. */
function ownFields({ kind, strategy }: Resource): string[] {
  const bare = { apiVersion: '', kind, metadata: { name: '' }, spec: {}, status: {} };
  return Object.keys(strategy.selectableFields?.(bare) ?? {}).filter((field) => !field.startsWith('metadata.'));
}

/** A kind with fields of its own takes a namespace only where it has one, and speaks otherwise of what it does not know. */
const isPicky = (resource: Resource): boolean => resource.custom || ownFields(resource).length > 0;

function knownFields(resource: Resource): ReadonlySet<string> {
  const scope = resource.namespaced || !isPicky(resource) ? ['metadata.namespace'] : [];
  return new Set(['metadata.name', ...scope, ...ownFields(resource)]);
}

function unknownField(field: string, resource: Resource): string {
  if (resource.group === 'batch' && resource.kind === 'Job')
    return `field label ${JSON.stringify(field)} not supported for Job`;
  if (isPicky(resource)) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function valuesOf({ strategy }: Resource): (object: ApiObject, field: string) => string {
  return (object, field) => {
    if (field === 'metadata.name') return object.metadata.name;
    if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
    return strategy.selectableFields?.(object)[field] ?? '';
  };
}
