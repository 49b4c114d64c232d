import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';

export const validateService = (_service: ApiObject): FieldError[] => [];
export const validateServiceUpdate = (_service: ApiObject, _old: ApiObject): FieldError[] => [];
