import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';

export const validatePod = (_pod: ApiObject): FieldError[] => [];
export const validatePodUpdate = (_pod: ApiObject, _old: ApiObject): FieldError[] => [];
