import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** What keeps a value from being a JSON Schema as operators take it: 2020-12, or draft-06 or -07 by its `$schema`. */
export function schemaFaults(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const isEarlier = /draft-0[67]/.test(String(schema['$schema']));
  const options = { strict: false, validateFormats: false, logger: false } as const;
  try {
    const validate = (isEarlier ? new Ajv(options) : new Ajv2020(options)).compile(schema);
    return '$async' in validate ? ['an asynchronous schema ($async) is not supported'] : [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
