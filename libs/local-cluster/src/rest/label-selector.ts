import { badRequest } from '../api-error.js';
import { labelKeyFaults, labelValueFaults } from './label-rules.js';

export type Labels = Readonly<Record<string, string>>;

type Operator = 'exists' | '!' | 'in' | 'notin' | '=' | '==' | '!=' | '>' | '<';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

interface Token {
  /** A symbol or keyword itself, else what it is. */
  readonly kind: '(' | ')' | ',' | '!' | 'in' | 'notin' | '=' | '==' | '!=' | '>' | '<' | 'identifier' | 'end';
  readonly text: string;
}

/**
 * The test that a label selector makes, https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/.
 * Throws 400 with the words of k8s.io/apimachinery/pkg/labels.
 */
export function parseLabelSelector(selector: string): (labels: Labels | undefined) => boolean {
  const requirements = new Parser(tokensOf(selector)).requirements();
  return (labels = {}) => requirements.every((requirement) => meets(labels, requirement));
}

function meets(labels: Labels, { key, operator, values }: Requirement): boolean {
  return TESTS[operator](Object.hasOwn(labels, key) ? labels[key] : undefined, values);
}

type Test = (value: string | undefined, values: readonly string[]) => boolean;

const isOneOf: Test = (value, values) => value !== undefined && values.includes(value);
const isNoneOf: Test = (value, values) => !isOneOf(value, values);
const isPast =
  (operator: '>' | '<'): Test =>
  (value, [bound = '']) =>
    value !== undefined && isOnSide(operator, value, bound);

const TESTS: Readonly<Record<Operator, Test>> = {
  exists: (value) => value !== undefined,
  '!': (value) => value === undefined,
  in: isOneOf,
  '=': isOneOf,
  '==': isOneOf,
  notin: isNoneOf,
  '!=': isNoneOf,
  '>': isPast('>'),
  '<': isPast('<'),
};

function isOnSide(operator: '>' | '<', value: string, bound: string): boolean {
  if (!isInteger(value)) return false;
  return operator === '>' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

/** What Go's strconv.ParseInt takes as an int64. */
const isInteger = (text: string): boolean =>
  /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);

const TOKEN = /[ \t\r\n]*(?:(==|!=|[=!(),><])|([^=!(),>< \t\r\n]+))/y;

function tokensOf(selector: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(selector); found; found = TOKEN.exec(selector)) {
    const [, symbol, word = ''] = found;
    if (symbol !== undefined) tokens.push({ kind: symbol as Token['kind'], text: symbol });
    else tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
  }
  return [...tokens, { kind: 'end', text: '' }];
}

const END: Token = { kind: 'end', text: '' };
const OPERATORS: readonly string[] = ['in', 'notin', '=', '==', '!=', '>', '<'];

/** Reads requirements as Kubernetes' own parser does, step by step, so that it stumbles over the same with the same words. */
class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  requirements(): Requirement[] {
    const requirements: Requirement[] = [];
    let next = this.#peek();
    if (next.kind === 'end') return requirements;
    if (!begins(next)) throw badRequest(`found '${next.text}', expected: !, identifier, or 'end of string'`);
    for (;;) {
      requirements.push(this.#requirement());
      const separator = this.#take();
      if (separator.kind === 'end') return requirements;
      if (separator.kind !== ',') throw badRequest(`found '${separator.text}', expected: ',' or 'end of string'`);
      next = this.#peek();
      if (!begins(next)) throw badRequest(`found '${next.text}', expected: identifier after ','`);
    }
  }

  #requirement(): Requirement {
    const negated = this.#peek().kind === '!';
    if (negated) this.#take();
    const { kind, text: key } = this.#take();
    if (kind !== 'identifier') throw unparsable(`found '${key}', expected: identifier`);
    const faults = labelKeyFaults(key);
    if (faults.length > 0) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${faults.join('; ')}`);
    if (negated) return { key, operator: '!', values: [] };
    if (this.#isAtSeparator()) return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()];
    return checked({ key, operator, values: [...new Set(values)].sort() });
  }

  #operator(): Operator {
    const { kind, text } = this.#takeRaw();
    if (!OPERATORS.includes(kind)) throw unparsable(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
    return kind as Operator;
  }

  /** The one value of a comparison, which may be left out. */
  #value(): string {
    if (this.#isAtSeparator()) return '';
    const { kind, text } = this.#take();
    if (kind !== 'identifier') throw unparsable(`found '${text}', expected: identifier`);
    return text;
  }

  /** A list in parentheses; values may be left out between commas. */
  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw unparsable(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (let first = true; ; first = false) {
      const { kind, text } = this.#peek();
      if (kind === 'identifier') values.push(this.#take().text);
      else if (kind === ',' || kind === ')') values.push('');
      else throw unparsable(`found '${text}', expected: ${first ? "',', ')' or identifier" : "',', or identifier"}`);
      const next = this.#take();
      if (next.kind === ')') return values;
      if (next.kind !== ',') throw unparsable(`found '${next.text}', expected: ',' or ')'`);
    }
  }

  #isAtSeparator(): boolean {
    const { kind } = this.#peek();
    return kind === 'end' || kind === ',';
  }

  /** Keywords are names everywhere but in an operator's place. */
  #peek(): Token {
    const token = this.#tokens[this.#position] ?? END;
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #takeRaw(): Token {
    const token = this.#tokens[this.#position] ?? END;
    this.#position += 1;
    return token;
  }
}

const begins = ({ kind }: Token): boolean => kind === 'identifier' || kind === '!';

function checked(requirement: Requirement): Requirement {
  const { key, operator, values } = requirement;
  const errors: string[] = [];
  if (operator === '>' || operator === '<') {
    const bound = values[0] ?? '';
    if (!isInteger(bound))
      errors.push(invalidValue('values[0]', bound, "for 'Gt', 'Lt' operators, the value must be an integer"));
  }
  for (const [index, value] of values.entries()) {
    const faults = labelValueFaults(value);
    if (faults.length > 0) errors.push(invalidValue(`values[${index}][${key}]`, value, faults.join('; ')));
  }
  if (errors.length === 0) return requirement;
  throw unparsable(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}

const invalidValue = (field: string, value: string, why: string): string =>
  `${field}: Invalid value: ${JSON.stringify(value)}: ${why}`;

const unparsable = (why: string) => badRequest(`unable to parse requirement: ${why}`);
