import type { Kind, KubeObject } from '@sympozium/api';
import { KubeError } from '../error.js';

type Test = (object: KubeObject) => boolean;

/** Whether an object is what a list or watch with these selectors would show. */
export function selection(
  kind: Kind,
  options: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string },
): Test {
  const { namespace, labelSelector = '', fieldSelector = '' } = options;
  const tests: Test[] = [
    ...terms(labelSelector).map(labelTest),
    ...terms(fieldSelector).map((term) => fieldTest(kind, term)),
  ];
  if (namespace !== undefined && kind.namespaced) tests.push((object) => object.metadata.namespace === namespace);
  return (object) => tests.every((test) => test(object));
}

/** Cuts at commas outside parentheses. */
const terms = (selector: string): string[] =>
  selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function labelTest(term: string): Test {
  const sets = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (sets) {
    const [, key = '', operator, list = ''] = sets;
    const values = list.split(',').map((value) => value.trim());
    return (object) => values.includes(label(object, key) ?? '\0') === (operator === 'in');
  }
  const pair = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (pair) {
    const [, key = '', operator, value] = pair;
    return (object) => (label(object, key) === value) === (operator !== '!=');
  }
  const absent = term.startsWith('!');
  const key = absent ? term.slice(1).trim() : term;
  return (object) => (label(object, key) === undefined) === absent;
}

const label = (object: KubeObject, key: string): string | undefined => object.metadata.labels?.[key];

const POD_FIELDS = ['spec.nodeName', 'status.phase', 'spec.serviceAccountName', 'status.podIP'];

function fieldTest(kind: Kind, term: string): Test {
  const [, path = '', operator, value = ''] = /^([^!=]+)(==|=|!=)(.*)$/.exec(term) ?? [];
  const known = ['metadata.name', 'metadata.namespace', ...(kind.kind === 'Pod' ? POD_FIELDS : [])];
  if (!known.includes(path)) throw new KubeError(400, 'BadRequest', `field label not supported: ${path || term}`);
  return (object) => (valueAt(object, path.split('.')) === value) === (operator !== '!=');
}

function valueAt(object: unknown, path: readonly string[]): string {
  let value = object;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
