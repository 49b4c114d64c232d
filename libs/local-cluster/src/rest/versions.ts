import type { ApiObject } from '../api-object.js';
import { groupVersion } from './kind-errors.js';

/** An object at the version of a resource: those of one kind differ in nothing else. */
export function atVersionOf(resource: { group: string; version: string }, object: ApiObject): ApiObject {
  const apiVersion = groupVersion(resource);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
