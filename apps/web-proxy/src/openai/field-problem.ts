import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** A field of a request that is not as it must be. */
export interface FieldProblem {
  /** `messages[0].content`, as OpenAI names a field. */
  readonly param: string;
  /** A sentence that says what must be there instead. */
  readonly message: string;
}

/** What a caller is told of the first thing that a schema refused; the issue must carry its input (`reportInput`). */
export function fieldProblem(issue: Issue): FieldProblem {
  const { path, what } = innermost(issue, []);
  const param = paramOf(path);
  return { param, message: `${param} ${what}.` };
}

/** Of alternatives that were all refused, the one that fits furthest tells what is wrong. */
function innermost(issue: Issue, above: readonly PropertyKey[]): { path: readonly PropertyKey[]; what: string } {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return { path, what: whatIsWrong(issue) };
  const alternatives = issue.errors.flatMap(([first]) => (first ? [first] : []));
  const deeper = alternatives.find((each) => each.path.length > 0);
  if (deeper) return innermost(deeper, path);
  const kinds = alternatives.map((each) => (each.code === 'invalid_type' ? named(each.expected) : kindOf(each)));
  return { path, what: `must be ${kinds.join(' or ')}${insteadOf(issue.input)}` };
}

function whatIsWrong(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing: it must be ${named(issue.expected)}`
        : `must be ${named(issue.expected)}${insteadOf(issue.input)}`;
    case 'invalid_value':
      return `must be ${kindOf(issue)}${insteadOf(issue.input)}`;
    case 'too_small':
      return sized(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return sized(issue.origin, 'at most', issue.maximum);
    default:
      return issue.message;
  }
}

const kindOf = (issue: Issue): string =>
  issue.code === 'invalid_value' ? issue.values.map((value) => JSON.stringify(value)).join(' or ') : issue.message;

const UNITS: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

function sized(origin: string, bound: string, limit: number | bigint): string {
  const unit = UNITS[origin];
  return unit === undefined
    ? `must be ${bound} ${limit}`
    : `must have ${bound} ${limit} ${unit}${limit === 1 ? '' : 's'}`;
}

const NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

const named = (type: string): string => NAMES[type] ?? type;

/** What came instead, but for what is too long to be told. */
function insteadOf(input: unknown): string {
  if (input === undefined) return '';
  if (typeof input === 'number' || typeof input === 'boolean') return `, not ${input}`;
  if (typeof input === 'string' && input.length <= 40) return `, not ${JSON.stringify(input)}`;
  return `, not ${named(Array.isArray(input) ? 'array' : input === null ? 'null' : typeof input)}`;
}

const paramOf = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('');
