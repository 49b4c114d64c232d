import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';

export const validateSecret = (_secret: ApiObject): FieldError[] => [];
export const validateSecretUpdate = (_secret: ApiObject, _old: ApiObject): FieldError[] => [];
