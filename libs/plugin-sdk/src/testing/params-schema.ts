import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

const DRAFT_07 = 'http://json-schema.org/draft-07/schema';

/** What keeps a value from being a JSON Schema, draft 2020-12 or, where its `$schema` says so, draft-07. */
export function schemaFaults(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const { $schema = '' } = schema;
  const isDraft07 = String($schema).startsWith(DRAFT_07);
  const options = { strict: false, validateFormats: false, allErrors: true, logger: false } as const;
  try {
    (isDraft07 ? new Ajv(options) : new Ajv2020(options)).compile(schema);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
