import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';

export const validateJob = (_job: ApiObject): FieldError[] => [];
export const validateJobUpdate = (_job: ApiObject, _old: ApiObject): FieldError[] => [];
