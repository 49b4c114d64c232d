import { isJsonObject } from '../schema/json.js';

/** One step of a path: from the values found so far to the next ones. */
type Step = (values: readonly unknown[]) => unknown[];

/** A path's lookup; what is missing is not found, no error. */
export type JsonPath = (object: unknown) => unknown[];

/**
 * A JSONPath as Kubernetes' printer columns and selectable fields have them: `.spec.x`, `.items[0]`, `[-1:]`, `[*]`,
 * `['key']`, `.a\.b`, `..name`, `[?(@.type=="Ready")]`. Throws a SyntaxError for anything else.
 */
export function jsonPath(text: string): JsonPath {
  const steps = stepsOf(text.startsWith('$') ? text.slice(1) : text);
  return (object) => steps.reduce<unknown[]>((values, step) => step(values), [object]);
}

const TOKENS: readonly (readonly [pattern: RegExp, step: (match: RegExpExecArray) => Step])[] = [
  [/^\.\.((?:\\.|[^.[\]\\])+)/, ([, name = '']) => recursive(unescaped(name))],
  [/^(?:\.\*|\.?\[\*\])/, () => everything],
  [/^\.?((?:\\.|[^.[\]\\])+)/, ([, name = '']) => field(unescaped(name))],
  [/^\.?\[(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\]/, ([, a, b]) => field(unescaped(a ?? b ?? ''))],
  [/^\.?\[(-?\d*):(-?\d*)(?::(\d+))?\]/, ([, from = '', to = '', step]) => slice(from, to, Number(step ?? 1))],
  [/^\.?\[(-?\d+(?:,-?\d+)*)\]/, ([, indexes = '']) => items(indexes.split(',').map(Number))],
  [/^\.?\[\?\((.+?)\)\]/, ([, condition = '']) => filter(condition)],
];

function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  for (let rest = text === '.' ? '' : text; rest !== '';) {
    const [length, step] = firstStep(rest);
    steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
}

function firstStep(text: string): [number, Step] {
  for (const [pattern, step] of TOKENS) {
    const match = pattern.exec(text);
    if (match) return [match[0].length, step(match)];
  }
  throw new SyntaxError(`unrecognized JSONPath at ${JSON.stringify(text)}`);
}

const unescaped = (name: string): string => name.replaceAll(/\\(.)/g, '$1');

const childrenOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];

const everything: Step = (values) => values.flatMap(childrenOf);

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => (isJsonObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));

function recursive(name: string): Step {
  const own = field(name);
  const deep = (value: unknown): unknown[] => [...own([value]), ...childrenOf(value).flatMap(deep)];
  return (values) => values.flatMap(deep);
}

const items =
  (indexes: readonly number[]): Step =>
  (values) =>
    values.flatMap((value) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      return indexes.filter((index) => index < list.length && -index <= list.length).map((index) => list.at(index));
    });

const slice =
  (from: string, to: string, step: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      const part = list.slice(from === '' ? 0 : Number(from), to === '' ? undefined : Number(to));
      return part.filter((_, index) => index % step === 0);
    });

const OPERATORS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => compared(a, b) < 0,
  '<=': (a, b) => compared(a, b) <= 0,
  '>': (a, b) => compared(a, b) > 0,
  '>=': (a, b) => compared(a, b) >= 0,
};

function compared(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return NaN;
}

/** A condition on items: `@.a.b==literal`, or `@.a` alone for its existence. */
function filter(condition: string): Step {
  const [, left = '', operator, right = ''] = /^(.*?)(?:\s*(==|!=|<=|>=|<|>)\s*(.*))?$/.exec(condition.trim()) ?? [];
  const a = operand(left);
  const b = operand(right);
  const holds = (item: unknown): boolean => {
    const [value] = a(item);
    if (operator === undefined) return value !== undefined;
    const [other] = b(item);
    return value !== undefined && OPERATORS[operator]?.(value, other) === true;
  };
  return (values) => values.flatMap((value) => (Array.isArray(value) ? value : [value]).filter(holds));
}

function operand(text: string): JsonPath {
  if (text.startsWith('@')) return jsonPath(text.slice(1));
  const literal = text.replace(/^(['"])(.*)\1$/, '"$2"');
  const value = parsedLiteral(literal);
  return () => [value];
}

function parsedLiteral(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
