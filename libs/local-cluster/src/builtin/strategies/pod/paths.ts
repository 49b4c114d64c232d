import type { FieldError } from '../../../api-error.js';
import { invalidValue } from '../../../schema/field-errors.js';

const hasBackstep = (path: string): boolean => path.split('/').includes('..');

export const backstepErrors = (path: string, field: string): FieldError[] =>
  hasBackstep(path) ? [invalidValue(field, path, "must not contain '..'")] : [];

/** A path that stays below where it begins. */
export const descendingErrors = (path: string, field: string): FieldError[] => [
  ...(path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : []),
  ...backstepErrors(path, field),
];

/** The same for a file that somebody else makes, who keeps names with two dots for himself. */
export const localPathErrors = (path: string, field: string): FieldError[] => [
  ...descendingErrors(path, field),
  ...(path.startsWith('..') && !path.startsWith('../') ? [invalidValue(field, path, "must not start with '..'")] : []),
];
