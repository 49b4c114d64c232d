import { describe, expect, it } from 'vitest';
import { compileRule, usesOldSelf } from './cel/compile.js';
import type { Schema, ValidationRule } from './schema.js';
import { validateRules } from './validate-rules.js';

const text: Schema = { type: 'string' };
const number: Schema = { type: 'integer' };

const told = (schema: Schema, rules: readonly ValidationRule[], value: unknown, old?: unknown): string[] =>
  validateRules(
    { type: 'object', properties: { x: { ...schema, 'x-kubernetes-validations': rules } } },
    { x: value },
    old === undefined ? undefined : { x: old },
  ).map(({ type, field, message }) => `${type} ${field}: ${message}`);

const OBJECT: Schema = {
  type: 'object',
  properties: { a: number, b: number, namespace: text, 'x-y': text, t: { type: 'string', format: 'date-time' } },
};

describe('validateRules', () => {
  it('tells message, reason and field of a broken rule', () => {
    const rule = 'self.a <= self.b';
    expect(told(OBJECT, [{ rule, message: 'a is too much', fieldPath: '.a' }], { a: 2, b: 1 })).toEqual([
      'FieldValueInvalid x.a: Invalid value: a is too much',
    ]);
    expect(told(OBJECT, [{ rule, reason: 'FieldValueForbidden' }], { a: 2, b: 1 })).toEqual([
      'FieldValueForbidden x: Forbidden: failed rule: self.a <= self.b',
    ]);
    expect(told(number, [{ rule: 'self > 3' }], 2)).toEqual([
      'FieldValueInvalid x: Invalid value: 2: failed rule: self > 3',
    ]);
    expect(told(text, [{ rule: 'self.size() > 3', reason: 'FieldValueDuplicate' }], 'a')).toEqual([
      'FieldValueDuplicate x: Duplicate value: "a"',
    ]);
  });

  it('computes messages, and falls back to the fixed one', () => {
    const rule = 'false';
    const computed = { rule, message: 'fixed', messageExpression: "'a is ' + string(self.a)" };
    expect(told(OBJECT, [computed], { a: 2 })).toEqual(['FieldValueInvalid x: Invalid value: a is 2']);
    expect(told(OBJECT, [computed], {})).toEqual(['FieldValueInvalid x: Invalid value: fixed']);
  });

  it('sees fields under their escaped names, times as times, integers as integers', () => {
    const rules = [
      "self.__namespace__ == 'n'",
      "self.x__dash__y.startsWith('x')",
      "self.t > timestamp('2020-01-01T00:00:00Z')",
      'self.a / 2 == 1 && type(self.a) == int',
    ];
    expect(
      told(
        OBJECT,
        rules.map((rule) => ({ rule })),
        { a: 3, namespace: 'n', 'x-y': 'xy', t: '2021-01-01T00:00:00Z' },
      ),
    ).toEqual([]);
  });

  it('shows no metadata but names', () => {
    const rule = 'has(self.metadata.name) && !has(self.metadata.labels)';
    const schema: Schema = {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { name: text, managedFields: {}, ownerReferences: {} } } },
      'x-kubernetes-validations': [{ rule }],
    };
    expect(validateRules(schema, { metadata: { name: 'a', labels: { a: 'b' } } })).toEqual([]);
  });

  it('asks rules on oldSelf where there is an old value', () => {
    const immutable = [{ rule: 'self == oldSelf', message: 'immutable' }];
    expect(told(text, immutable, 'a')).toEqual([]);
    expect(told(text, immutable, 'a', 'a')).toEqual([]);
    expect(told(text, immutable, 'b', 'a')).toEqual(['FieldValueInvalid x: Invalid value: "b": immutable']);
  });

  it('asks rules with an optional oldSelf always', () => {
    const rules = [{ rule: 'oldSelf.hasValue() ? oldSelf.value() == self : self == 1', optionalOldSelf: true }];
    expect(told(number, rules, 1)).toEqual([]);
    expect(told(number, rules, 2)).toHaveLength(1);
    expect(told(number, rules, 2, 2)).toEqual([]);
  });

  it('forgives what an update leaves alone', () => {
    const rules = [{ rule: 'self > 3' }];
    expect(told(number, rules, 1, 1)).toEqual([]);
    expect(told(number, rules, 2, 1)).toHaveLength(1);
  });

  it('tells what fails at run time', () => {
    expect(told(OBJECT, [{ rule: 'self.a == 1', message: 'm' }], {})).toEqual([
      'FieldValueInvalid x: Invalid value: "object": no such key: a evaluating rule: m',
    ]);
    expect(told({ type: 'array', items: number }, [{ rule: 'self[0] == 1' }], [])).toEqual([
      'FieldValueInvalid x: Invalid value: "array": index out of bounds: 0 evaluating rule: self[0] == 1',
    ]);
    expect(told({ 'x-kubernetes-int-or-string': true }, [{ rule: 'self > 1', message: 'm' }], 'a')).toEqual([
      `FieldValueInvalid x: Invalid value: "": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: m`,
    ]);
  });
});

describe('compileRule', () => {
  const value = (expression: string): unknown => {
    const compiled = compileRule(expression);
    return compiled instanceof Error ? compiled : compiled({ self: null });
  };

  it.each([
    [`[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && ['a', 'b'].max() == 'b' && [1, 2].isSorted() && ![2, 1].isSorted()`],
    [`['a', 'b', 'a'].indexOf('a') == 0 && ['a', 'b', 'a'].lastIndexOf('a') == 2`],
    [
      `'abc 123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2'] && 'a1b2'.findAll('[0-9]', 1) == ['1']`,
    ],
    [`'a,b'.split(',').join('-') == 'a-b' && ' a '.trim() == 'a' && 'Ab'.lowerAscii() == 'ab'`],
    [`quantity('1k') == quantity('1000') && quantity('1Gi').isGreaterThan(quantity('1G'))`],
    [`quantity('500m').add(quantity('0.5')).asInteger() == 1 && quantity('2').sub(3).sign() == -1`],
    [`!isQuantity('1 Gi') && isQuantity('1.5e3') && !quantity('1500m').isInteger()`],
    [`quantity('100m').compareTo(quantity('0.1')) == 0 && quantity('1500m').asApproximateFloat() == 1.5`],
    [
      `url('https://a.b:80/c?d=e&d=f').getHost() == 'a.b:80' && url('https://a.b:80/c?d=e&d=f').getQuery()['d'] == ['e', 'f']`,
    ],
    [`url('/path').getEscapedPath() == '/path' && url('/path').getHost() == '' && !isURL('../a')`],
    [`ip('10.0.0.1').family() == 4 && ip('::1').isLoopback() && !isIP('1.2.3') && ip('8.8.8.8').isGlobalUnicast()`],
    [`cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))`],
    [`cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')`],
    [`cidr('fd00:1::/32').masked().prefixLength() == 32 && cidr('10.1.2.3/8').ip() == ip('10.1.2.3')`],
    [`'x-1'.matches(r'^[a-z]([-a-z0-9]*[a-z0-9])?$') && 'ab'.matches('b')`],
  ])('knows the functions of Kubernetes: %s', (expression) => {
    expect(value(expression)).toBe(true);
  });

  it('tells what is no expression', () => {
    expect(value('self ==')).toBeInstanceOf(Error);
  });

  it('knows who looks at the old value', () => {
    expect(usesOldSelf('self == oldSelf')).toBe(true);
    expect(usesOldSelf(`self != 'oldSelf' && self.matches(r"oldSelf")`)).toBe(false);
  });
});
