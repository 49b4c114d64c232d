import type { FieldError } from '../api-error.js';
import { below, invalidValue } from '../schema/field-errors.js';
import { sameJson } from '../schema/json.js';
import { prune } from '../schema/prune.js';
import type { Schema } from '../schema/schema.js';
import { validateEmbedded } from '../schema/validate-embedded.js';
import { validateSchema } from '../schema/validate.js';

/** Defaults are values that their own schema allows, without unknown fields. */
export function defaultErrors(schema: Schema, path: string): FieldError[] {
  const { items, properties = {} } = schema;
  return [
    ...ownErrors(schema, `${path}.default`),
    ...(items ? defaultErrors(items, `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([key, of]) => defaultErrors(of, `${path}.properties[${key}]`)),
  ];
}

function ownErrors(schema: Schema, path: string): FieldError[] {
  const preset = schema.default;
  if (preset === undefined || preset === null) return [];
  const pruned = structuredClone(preset);
  prune(schema, pruned);
  const unknown = sameJson(pruned, preset) ? [] : [invalidValue(path, preset, 'must not have unknown fields')];
  const wrong = validateEmbedded(schema, preset, path);
  return [
    ...unknown,
    ...(wrong.length > 0 ? wrong : validateSchema(schema, preset).map((error) => below(path, error))),
  ];
}
