import type { Column } from '../resources/resource.js';
import { humanDuration } from '../human-duration.js';
import { goText } from '../schema/go-text.js';
import type { CrdVersion, PrinterColumn } from './crd.js';
import { jsonPath } from './json-path.js';

const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
  value: ({ metadata }) => metadata.name,
};

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  jsonPath: '.metadata.creationTimestamp',
};

/** The columns of `kubectl get`: the name, then what the version names, or the age. */
export const columnsOf = ({ additionalPrinterColumns }: CrdVersion): Column[] => {
  const own = additionalPrinterColumns?.length ? additionalPrinterColumns : [AGE];
  return [NAME, ...own.map(columnOf)];
};

function columnOf({ name, type, format, description, priority, jsonPath: path }: PrinterColumn): Column {
  const find = jsonPath(path);
  return {
    name,
    type: type as Column['type'],
    ...(format ? { format } : {}),
    description: description || `Custom resource definition column (in JSONPath format): ${path}`,
    priority: priority ?? 0,
    value: (object, now) => {
      const [value] = find(object);
      return value === undefined || value === null ? null : (CELLS[type]?.(value, now) ?? null);
    },
  };
}

const CELLS: Readonly<Record<string, (value: unknown, now: number) => unknown>> = {
  string: goText,
  integer: (value) => (typeof value === 'number' ? Math.trunc(value) : null),
  number: (value) => (typeof value === 'number' ? value : null),
  boolean: (value) => (typeof value === 'boolean' ? value : null),
  date: (value, now) => (typeof value === 'string' ? age(value, now) : null),
};

function age(text: string, now: number): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? '<invalid>' : humanDuration(now - time);
}
