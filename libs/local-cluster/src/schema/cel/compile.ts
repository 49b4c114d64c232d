import type { CelEnv, CelInput, CelValue } from '@bufbuild/cel';
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { goRegExp } from '../go-regexp.js';
import { FUNCTIONS } from './functions.js';

/** What an expression sees. */
export interface Variables {
  readonly self: CelInput;
  readonly oldSelf?: CelInput;
}

/** An expression's value; throws an Error with CEL's reason. */
export type Compiled = (variables: Variables) => CelValue;

let shared: CelEnv | undefined;

/** Made for the first rule: who has none does not wait for it. */
const environment = (): CelEnv =>
  (shared ??= celEnv({ funcs: [...FUNCTIONS], re2: { compile: (pattern) => goRegExp(pattern) } }));

const cache = new Map<string, Compiled | Error>();

/** An expression ready to be evaluated, or why it is none. Compiled once, however often it is asked for. */
export function compileRule(expression: string): Compiled | Error {
  let compiled = cache.get(expression);
  if (compiled === undefined) {
    compiled = compile(expression);
    cache.set(expression, compiled);
  }
  return compiled;
}

function compile(expression: string): Compiled | Error {
  try {
    const evaluate = plan(environment(), parse(expression));
    return ({ self, oldSelf }) => {
      const result = evaluate({ self, ...(oldSelf !== undefined && { oldSelf }) });
      if (isCelError(result)) throw new Error(inGoWords(result.message), { cause: result });
      return result;
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** As cel-go says the same. */
const inGoWords = (message: string): string =>
  message
    .replace(/^field not found: /, 'no such key: ')
    .replace(/^found no matching overload.*$/s, 'no such overload')
    .replace(/^index (-?\d+) out of bounds.*$/s, 'index out of bounds: $1');

const LITERALS = /r?"""[\s\S]*?"""|r?'''[\s\S]*?'''|r?"(?:\\.|[^"\\])*"|r?'(?:\\.|[^'\\])*'/g;

const lookingBack = new Map<string, boolean>();

/** Whether an expression looks at the value from before an update. */
export function usesOldSelf(expression: string): boolean {
  let looksBack = lookingBack.get(expression);
  if (looksBack === undefined) {
    looksBack = /\boldSelf\b/.test(expression.replaceAll(LITERALS, ''));
    lookingBack.set(expression, looksBack);
  }
  return looksBack;
}
