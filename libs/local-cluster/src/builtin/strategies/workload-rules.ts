import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';

export const validateDeployment = (_deployment: ApiObject): FieldError[] => [];
export const validateReplicaSet = (_set: ApiObject): FieldError[] => [];
export const validateSelectorUpdate = (_object: ApiObject, _old: ApiObject): FieldError[] => [];
