import type { ErrorCode, JsonObject, SkillPack } from '@sympozium/api';
import { compileParamsSchema, type CheckedParams, type CheckParams } from './compile-params-schema.js';

/** Why a skill cannot be used: its pack's schema is none, or its parameters are not what the schema accepts. */
interface ParamsFault {
  readonly reason: Extract<ErrorCode, 'SkillPackInvalid' | 'SkillParamsInvalid'>;
  readonly detail: string;
}

type Answer = { readonly params: JsonObject } | ParamsFault;

interface Known {
  readonly generation: number | undefined;
  /** What checks; a fault once the schema has shown that it is of no use. */
  check: CheckParams | ParamsFault;
  readonly answers: WeakMap<JsonObject, Answer>;
}

const NONE: JsonObject = {};

/**
 * Checks parameters by their SkillPack's schema. Each generation of a pack is compiled once, which takes a while, and
 * asked once about the same parameters: objects of a cache are the same until they change.
 */
export class ParamsChecker {
  /** By uid of the pack. */
  readonly #known = new Map<string, Known>();

  check(pack: SkillPack, params: JsonObject = NONE): Answer {
    const known = this.#of(pack);
    const answer = known.answers.get(params) ?? ask(known, params);
    known.answers.set(params, answer);
    return answer;
  }

  /** For a pack that is gone. */
  forget({ metadata }: SkillPack): void {
    this.#known.delete(metadata.uid ?? '');
  }

  #of(pack: SkillPack): Known {
    const { uid = '', generation } = pack.metadata;
    const known = this.#known.get(uid);
    if (known && known.generation === generation) return known;
    const fresh = { generation, check: compile(pack), answers: new WeakMap<JsonObject, Answer>() };
    this.#known.set(uid, fresh);
    return fresh;
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
