import type { JsonObject } from '@sympozium/api';
import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { withinTime } from './within-time.js';

/** Parameters as the schema accepts them, its defaults filled in, or what is wrong with them and where. */
export type CheckedParams = { readonly params: JsonObject } | { readonly problem: string };

/** Throws an `Error` when the schema needs too long for these parameters. */
export type CheckParams = (params: JsonObject) => CheckedParams;

/** An honest schema needs a thousandth of it; others may not hold up everybody else's runs. */
const LIMIT_MS = 1_000;

/** As the standard says: what is unknown is ignored. Nothing is ever fetched, and nothing goes to the console. */
const OPTIONS: Options = { strict: false, useDefaults: true, ownProperties: true, logger: false };

/**
 * Compiles a JSON Schema: 2020-12, or an earlier draft if its `$schema` names one. Throws an `Error` that says what is
 * wrong with it. Packs come from many hands, so each schema has a compiler of its own, and time limits.
 */
export function compileParamsSchema(schema: JsonObject): CheckParams {
  return withinTime(LIMIT_MS, () => {
    const ajv = isEarlier(schema['$schema']) ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
    formats.default(ajv);
    const validate = ajv.compile(schema);
    if ('$async' in validate) throw new Error('an asynchronous schema ($async) is not supported');
    return (given) => {
      const params = structuredClone(given);
      const valid = withinTime(LIMIT_MS, () => validate(params));
      return valid ? { params } : { problem: explain(validate.errors?.[0]) };
    };
  });
}

const isEarlier = (dialect: unknown): boolean => typeof dialect === 'string' && /draft-0[67]/.test(dialect);

/** `/tone must be equal to one of the allowed values: plain, warm`; never the value itself. */
function explain(error: ErrorObject | undefined): string {
  const { instancePath = '', message = 'is not accepted', params = {} } = error ?? {};
  const [detail] = [params['allowedValues'], params['additionalProperty'], params['unevaluatedProperty']].filter(
    (known) => known !== undefined,
  );
  return `${instancePath} ${message}${detail === undefined ? '' : `: ${[detail].flat().join(', ')}`}`.trim();
}
