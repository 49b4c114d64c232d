import { invalid, type FieldError } from '../api-error.js';
import { invalidValue } from '../schema/field-errors.js';
import type { AdmissionRequest } from './create-admission.js';

const LABEL = 'pod-security.kubernetes.io/';
const LEVELS = ['privileged', 'baseline', 'restricted'];
const MODES = ['enforce', 'audit', 'warn'];
const VERSION = /^(latest|v1\.(0|[1-9]\d*))$/;

/** Refuses a namespace whose Pod Security labels say nothing that is known, unless it said so before. */
export function rejectUnknownLevels({ object, old, resource, name }: AdmissionRequest): void {
  if (!object || resource.group !== '' || resource.kind !== 'Namespace') return;
  const errors = errorsOf(object.metadata.labels);
  if (errors.length > 0 && (!old || errorsOf(old.metadata.labels).length === 0))
    throw invalid(resource, name.name, errors);
}

const errorsOf = (labels: Readonly<Record<string, string>> = {}): FieldError[] =>
  MODES.flatMap((mode) => [
    ...errorOf(labels, mode, (level) => LEVELS.includes(level), `must be one of ${LEVELS.join(', ')}`),
    ...errorOf(labels, `${mode}-version`, (version) => VERSION.test(version), 'must be "latest" or "v1.x"'),
  ]);

function errorOf(
  labels: Readonly<Record<string, string>>,
  name: string,
  isKnown: (value: string) => boolean,
  detail: string,
): FieldError[] {
  const value = labels[`${LABEL}${name}`];
  return value === undefined || isKnown(value) ? [] : [invalidValue(`metadata.labels[${LABEL}${name}]`, value, detail)];
}
