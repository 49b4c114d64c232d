import type { CelFunc, CelInput, CelList, CelValue } from '@bufbuild/cel';
import { celFunc, celMethod, CelScalar, listType, mapType } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { goRegExp } from '../go-regexp.js';
import { contentOf, expect, isInteger, isText, opaque } from './opaque.js';
import { networkFunctions } from './network-functions.js';
import { floatOf, integerOf, parseQuantity } from './quantity.js';

const { STRING, BOOL, INT, DOUBLE, DYN } = CelScalar;
const LIST = listType(DYN);
const OBJECT = mapType(DYN, DYN);

type Comparable = string | bigint | number | boolean;

const compared = (a: CelValue, b: CelValue): number => {
  const [left, right] = [a as Comparable, b as Comparable];
  return left < right ? -1 : left > right ? 1 : 0;
};

function extreme(list: CelList, name: string, sign: 1 | -1): CelValue {
  const values = [...list];
  const [first, ...rest] = values;
  if (first === undefined) throw new Error(`${name} called on empty list`);
  return rest.reduce((best, value) => (compared(value, best) * sign > 0 ? value : best), first);
}

function sum(list: CelList): CelInput {
  const values = [...list];
  return values.every(isInteger)
    ? values.reduce((total, value) => total + value, 0n)
    : values.reduce<number>((total, value) => total + Number(value), 0);
}

const isSorted = (list: CelList): boolean => {
  const values = [...list];
  return values.every((value, index) => index === 0 || compared(values[index - 1] ?? value, value) <= 0);
};

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library */
const listFunctions: readonly CelFunc[] = [
  celMethod('isSorted', LIST, [], BOOL, function () {
    return isSorted(this);
  }),
  celMethod('sum', LIST, [], DYN, function () {
    return sum(this);
  }),
  celMethod('min', LIST, [], DYN, function () {
    return extreme(this, 'min', -1);
  }),
  celMethod('max', LIST, [], DYN, function () {
    return extreme(this, 'max', 1);
  }),
  celMethod('indexOf', LIST, [DYN], INT, function (value) {
    return BigInt([...this].findIndex((item) => item === value));
  }),
  celMethod('lastIndexOf', LIST, [DYN], INT, function (value) {
    return BigInt([...this].findLastIndex((item) => item === value));
  }),
];

const allMatches = (text: string, pattern: string): string[] =>
  [...text.matchAll(new RegExp(goRegExp(pattern), 'gu'))].map(([match]) => match);

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-regex-library */
const regexFunctions: readonly CelFunc[] = [
  celMethod('find', STRING, [STRING], STRING, function (pattern) {
    return goRegExp(pattern).exec(this)?.[0] ?? '';
  }),
  celMethod('findAll', STRING, [STRING], LIST, function (pattern) {
    return allMatches(this, pattern);
  }),
  celMethod('findAll', STRING, [STRING, INT], LIST, function (pattern, limit) {
    const found = allMatches(this, pattern);
    return limit < 0n ? found : found.slice(0, Number(limit));
  }),
];

const nanosOf = (value: CelValue): bigint => expect('quantity', value, isInteger);
const quantity = (nanos: bigint): CelInput => opaque('quantity', nanos);

const plus = (value: CelValue, other: CelValue, sign: bigint): CelInput =>
  quantity(nanosOf(value) + sign * (isInteger(other) ? other * 1_000_000_000n : nanosOf(other)));

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library */
const quantityFunctions: readonly CelFunc[] = [
  celFunc('quantity', [STRING], OBJECT, (text) => {
    const nanos = parseQuantity(text);
    if (nanos === undefined)
      throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return opaque('quantity', nanos);
  }),
  celFunc('isQuantity', [STRING], BOOL, (text) => parseQuantity(text) !== undefined),
  celMethod('sign', DYN, [], INT, function () {
    const nanos = nanosOf(this);
    return nanos < 0n ? -1n : nanos > 0n ? 1n : 0n;
  }),
  celMethod('isInteger', DYN, [], BOOL, function () {
    return integerOf(nanosOf(this)) !== undefined;
  }),
  celMethod('asInteger', DYN, [], INT, function () {
    const whole = integerOf(nanosOf(this));
    if (whole === undefined) throw new Error('cannot convert value to integer');
    return whole;
  }),
  celMethod('asApproximateFloat', DYN, [], DOUBLE, function () {
    return floatOf(nanosOf(this));
  }),
  celMethod('add', DYN, [DYN], DYN, function (other) {
    return plus(this, other, 1n);
  }),
  celMethod('sub', DYN, [DYN], DYN, function (other) {
    return plus(this, other, -1n);
  }),
  celMethod('compareTo', DYN, [DYN], INT, function (other) {
    return BigInt(compared(nanosOf(this), nanosOf(other)));
  }),
  celMethod('isGreaterThan', DYN, [DYN], BOOL, function (other) {
    return nanosOf(this) > nanosOf(other);
  }),
  celMethod('isLessThan', DYN, [DYN], BOOL, function (other) {
    return nanosOf(this) < nanosOf(other);
  }),
];

/** `oldSelf` of a rule with optionalOldSelf: a value, or none. */
export const optional = (value: CelInput | undefined): CelInput =>
  opaque('optional', value === undefined ? [] : [value]);

function valuesOf(value: CelValue): CelValue[] {
  const content = contentOf('optional', value);
  if (content === undefined) throw new Error('no such overload');
  return [...(content as CelList)];
}

const optionalFunctions: readonly CelFunc[] = [
  celMethod('hasValue', DYN, [], BOOL, function () {
    return valuesOf(this).length > 0;
  }),
  celMethod('value', DYN, [], DYN, function () {
    const [value] = valuesOf(this);
    if (value === undefined) throw new Error('optional.none() dereference');
    return value;
  }),
  celMethod('orValue', DYN, [DYN], DYN, function (other) {
    const [value] = valuesOf(this);
    return value === undefined ? other : value;
  }),
];

export const FUNCTIONS: readonly CelFunc[] = [
  ...strings,
  ...listFunctions,
  ...regexFunctions,
  ...quantityFunctions,
  ...optionalFunctions,
  ...networkFunctions,
  celFunc('url', [STRING], OBJECT, (text) => {
    const parsed = parsedUrl(text);
    if (!parsed)
      throw new Error(
        `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
      );
    return opaque('url', text);
  }),
  celFunc('isURL', [STRING], BOOL, (text) => parsedUrl(text) !== undefined),
  urlPart('getScheme', (url) => url.protocol.replace(/:$/, '')),
  urlPart('getHost', (url) => url.host),
  urlPart('getHostname', (url) => url.hostname.replace(/^\[(.*)\]$/, '$1')),
  urlPart('getPort', (url) => url.port),
  urlPart('getEscapedPath', (url) => url.pathname),
  celMethod('getQuery', DYN, [], OBJECT, function () {
    const url = parsedUrl(expect('url', this, isText));
    const names = [...new Set(url?.searchParams.keys())];
    return new Map(names.map((name) => [name, url?.searchParams.getAll(name) ?? []]));
  }),
];

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library: absolute, or a path from the root. */
function parsedUrl(text: string): URL | undefined {
  if (text.startsWith('/')) return new URL(text, NOWHERE);
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

const NOWHERE = 'none://nowhere';

function urlPart(name: string, part: (url: URL) => string): CelFunc {
  return celMethod(name, DYN, [], STRING, function () {
    const text = expect('url', this, isText);
    const url = parsedUrl(text);
    const isPath = text.startsWith('/') && name !== 'getEscapedPath';
    return url && !isPath ? part(url) : '';
  });
}
