import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';

export const validateConfigMap = (_map: ApiObject): FieldError[] => [];
export const validateConfigMapUpdate = (_map: ApiObject, _old: ApiObject): FieldError[] => [];
