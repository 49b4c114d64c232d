import type { FieldError } from '../api-error.js';
import type { Old } from './correlation.js';
import { isUnchanged, oldOfField, oldOfItem } from './correlation.js';
import { invalidValue, tooMany, typeInvalid, notSupported, required } from './field-errors.js';
import { isJsonObject, sameJson } from './json.js';
import type { JsonObject } from './json.js';
import { Findings } from './findings.js';
import { checkNumber, checkString } from './scalars.js';
import type { Schema } from './schema.js';
import { checkType, typesOf } from './types.js';

/** Where a value stands: its path as Kubernetes writes it, and what it replaces. */
interface Place {
  readonly path: string;
  readonly old: Old | undefined;
}

/**
 * What an object breaks of its schema: types, required fields, bounds, patterns, formats, enums, anyOf/oneOf/allOf/not,
 * in the API server's own words. With `old`, errors of values that the update leaves alone are forgiven (ratcheting).
 * Rules (CEL) and keys of lists are told by `validateRules` and `validateLists`.
 */
export function validateSchema(schema: Schema, object: unknown, old?: unknown): FieldError[] {
  return [...validateValue(schema, object, { path: '', old: old === undefined ? undefined : { value: old } }).errors];
}

function validateValue(schema: Schema, value: unknown, place: Place): Findings {
  const found = checkValue(schema, value, place);
  return found.errors.length > 0 && isUnchanged(place.old, value) ? new Findings([], found.matches) : found;
}

/** Nothing is forgiven to the value itself, only to what is in it. */
const checkValue = (schema: Schema, value: unknown, place: Place): Findings =>
  value === null || value === undefined ? checkNull(schema, place) : checkPresent(schema, value, place);

function checkNull(schema: Schema, { path }: Place): Findings {
  const types = typesOf(schema);
  const found = new Findings();
  if (types.length === 0 || schema.nullable === true) found.count();
  else found.add(typeInvalid(field(path), 'null', `${path} in body must be of type ${types.join(',')}: "null"`));
  checkEnum(schema, null, path, found);
  return found;
}

/** As kube-openapi's validators in their order; each that applies counts as one match, whatever it finds. */
function checkPresent(schema: Schema, value: unknown, place: Place): Findings {
  const found = new Findings();
  const { path } = place;
  const known = (schema.type ?? schema.format) !== undefined || schema['x-kubernetes-int-or-string'] === true;
  if (known) found.merge(checkType(schema, value, path)).count();
  found.merge(checkCombinations(schema, value, place)).count();
  if (typeof value === 'string') checkString(schema, value, path, found);
  if (typeof value === 'number') checkNumber(schema, value, path, found);
  if (Array.isArray(value)) found.merge(checkList(schema, value, place)).count();
  checkEnum(schema, value, path, found);
  found.count();
  if (isJsonObject(value)) found.merge(checkFields(schema, value, place)).count();
  found.count();
  return found;
}

function checkEnum({ enum: allowed }: Schema, value: unknown, path: string, found: Findings): void {
  if (!allowed || allowed.length === 0) return;
  if (value !== null && allowed.some((one) => sameJson(one, value))) return;
  found.add(notSupported(field(path), value, allowed));
}

function checkCombinations(schema: Schema, value: unknown, place: Place): Findings {
  const found = new Findings();
  if (schema.anyOf?.length) found.merge(checkAnyOf(schema.anyOf, value, place));
  if (schema.oneOf?.length) found.merge(checkOneOf(schema.oneOf, value, place));
  if (schema.allOf?.length) found.merge(checkAllOf(schema.allOf, value, place));
  if (schema.not && checkValue(schema.not, value, place).valid)
    found.add(composite(`"${place.path}" must not validate the schema (not)`));
  found.count();
  return found;
}

const composite = (text: string): FieldError => invalidValue('', '', text);

/** The alternative that went furthest tells its errors. */
const best = (all: readonly Findings[]): Findings | undefined =>
  all.reduce<Findings | undefined>((a, b) => (a === undefined || b.matches > a.matches ? b : a), undefined);

function checkAnyOf(anyOf: readonly Schema[], value: unknown, place: Place): Findings {
  const failures: Findings[] = [];
  for (const one of anyOf) {
    const result = checkValue(one, value, place);
    if (result.valid) return result;
    failures.push(result);
  }
  const found = new Findings([composite(`"${place.path}" must validate at least one schema (anyOf)`)]);
  const furthest = best(failures);
  return furthest ? found.merge(furthest) : found;
}

function checkOneOf(oneOf: readonly Schema[], value: unknown, place: Place): Findings {
  const results = oneOf.map((one) => checkValue(one, value, place));
  const valid = results.filter((result) => result.valid);
  const [only] = valid;
  if (only && valid.length === 1) return only;
  const why = only ? `Found ${valid.length} valid alternatives` : 'Found none valid';
  const found = new Findings([composite(`"${place.path}" must validate one and only one schema (oneOf). ${why}`)]);
  const furthest = only ? undefined : best(results);
  return furthest ? found.merge(furthest) : found;
}

function checkAllOf(allOf: readonly Schema[], value: unknown, place: Place): Findings {
  const results = allOf.map((one) => checkValue(one, value, place));
  const found = new Findings();
  for (const result of results) found.merge(result);
  const valid = results.filter((result) => result.valid).length;
  if (valid === allOf.length) return found;
  found.add(composite(`"${place.path}" must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`));
  return found;
}

function checkList(schema: Schema, list: readonly unknown[], { path, old }: Place): Findings {
  const found = new Findings();
  const { items, minItems = 0, maxItems = Infinity } = schema;
  const said = `${path} in body`;
  if (items)
    list.forEach((item, index) => {
      found.merge(validateValue(items, item, { path: `${path}[${index}]`, old: oldOfItem(schema, old, item) }));
    });
  if (list.length < minItems)
    found.add(invalidValue(field(path), list.length, `${said} should have at least ${minItems} items`));
  if (list.length > maxItems) found.add(tooMany(field(path), list.length, maxItems));
  if (schema.uniqueItems && hasDuplicates(list))
    found.add(invalidValue(field(path), '', `${said} shouldn't contain duplicates`));
  found.count();
  return found;
}

const hasDuplicates = (list: readonly unknown[]): boolean =>
  list.some((item, index) => list.slice(0, index).some((before) => sameJson(before, item)));

function checkFields(schema: Schema, object: JsonObject, place: Place): Findings {
  const found = new Findings();
  const { properties = {}, required: wanted = [] } = schema;
  checkSize(schema, object, place.path, found);
  for (const key of Object.keys(object))
    if (!Object.hasOwn(properties, key)) found.merge(checkAdditional(schema, object, key, place));
  for (const [key, of] of Object.entries(properties))
    if (Object.hasOwn(object, key)) found.merge(validateValue(of, object[key], placeOf(place, key)));
  for (const key of wanted) if (!Object.hasOwn(object, key)) found.add(required(field(`${place.path}.${key}`)));
  return found;
}

/** What kind an object is is no field that an update could leave alone. */
const placeOf = ({ path, old }: Place, key: string): Place =>
  path === ''
    ? { path: key, old: key === 'apiVersion' || key === 'kind' ? undefined : oldOfField(old, key) }
    : { path: `${path}.${key}`, old: oldOfField(old, key) };

function checkSize({ minProperties, maxProperties }: Schema, object: JsonObject, path: string, found: Findings): void {
  const size = Object.keys(object).length;
  if (minProperties !== undefined && size < minProperties)
    found.add(invalidValue(field(path), size, `${path} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && size > maxProperties) found.add(tooMany(field(path), size, maxProperties));
}

function checkAdditional(schema: Schema, object: JsonObject, key: string, { path, old }: Place): Findings {
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object')
    return validateValue(additionalProperties, object[key], { path: `${path}.${key}`, old: oldOfField(old, key) });
  return additionalProperties === false
    ? new Findings([invalidValue(field(path), key, `${path}.${key} in body is a forbidden property`)])
    : new Findings();
}

/** Paths of the root's fields that begin with a dot lose it where they name a field, not where they stand in a text. */
const field = (path: string): string => (path.startsWith('.') ? path.slice(1) : path);
