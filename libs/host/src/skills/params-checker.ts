import type { ErrorCode, JsonObject, SkillPack } from '@sympozium/api';
import { compileParamsSchema, type CheckedParams, type CheckParams } from './compile-params-schema.js';

/** Why a skill cannot be used: its pack's schema is none, or its parameters are not what the schema accepts. */
export interface ParamsFault {
  readonly reason: Extract<ErrorCode, 'SkillPackInvalid' | 'SkillParamsInvalid'>;
  readonly detail: string;
}

type Answer = { readonly params: JsonObject } | ParamsFault;

interface Known {
  /** What checks; a fault once the schema has shown that it is of no use. */
  check: CheckParams | ParamsFault;
  readonly answers: WeakMap<JsonObject, Answer>;
}

const NONE: JsonObject = {};

/**
 * Checks parameters by their SkillPack's schema. Each version of a pack is compiled once and asked once about the same
 * parameters: objects of a cache are the same until they change, and what is gone from it is forgotten here, too.
 */
export class ParamsChecker {
  readonly #known = new WeakMap<SkillPack, Known>();

  check(pack: SkillPack, params: JsonObject = NONE): Answer {
    const known = this.#of(pack);
    const answer = known.answers.get(params) ?? ask(known, params);
    known.answers.set(params, answer);
    return answer;
  }

  #of(pack: SkillPack): Known {
    const known = this.#known.get(pack) ?? { check: compile(pack), answers: new WeakMap() };
    this.#known.set(pack, known);
    return known;
  }
}

function compile({ spec }: SkillPack): CheckParams | ParamsFault {
  if (spec.params === undefined) return (params) => ({ params });
  try {
    return compileParamsSchema(spec.params as JsonObject);
  } catch (error) {
    return invalid(error);
  }
}

function ask(known: Known, params: JsonObject): Answer {
  if (typeof known.check !== 'function') return known.check;
  try {
    return toAnswer(known.check(params));
  } catch (error) {
    known.check = invalid(error);
    return known.check;
  }
}

const toAnswer = (checked: CheckedParams): Answer =>
  'params' in checked ? checked : { reason: 'SkillParamsInvalid', detail: checked.problem };

const invalid = (error: unknown): ParamsFault => ({
  reason: 'SkillPackInvalid',
  detail: error instanceof Error ? error.message : String(error),
});
