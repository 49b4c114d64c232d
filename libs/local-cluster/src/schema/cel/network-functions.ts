import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { CelFunc, CelInput, CelValue } from '@bufbuild/cel';
import { celFunc, celMethod, CelScalar, mapType } from '@bufbuild/cel';
import { expect, isText, opaque } from './opaque.js';

const { STRING, BOOL, INT, DYN } = CelScalar;
const OBJECT = mapType(DYN, DYN);

const isAddress = (text: string): boolean => (isIPv4(text) || isIPv6(text)) && !/%|^::ffff:\d+\./i.test(text);

function isRange(text: string): boolean {
  const [address = '', length = '', ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : 128;
  return more.length === 0 && isAddress(address) && /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= most;
}

/** The shortest form of an address, as Go prints it. */
const canonical = (text: string): string =>
  isIPv4(text) ? text : new URL(`http://[${text}]/`).hostname.replace(/^\[(.*)\]$/, '$1');

const family = (text: string): 'ipv4' | 'ipv6' => (text.includes(':') ? 'ipv6' : 'ipv4');

function listOf(...subnets: readonly (readonly [address: string, length: number])[]): BlockList {
  const list = new BlockList();
  for (const [address, length] of subnets) list.addSubnet(address, length, family(address));
  return list;
}

const LOOPBACK = listOf(['127.0.0.0', 8], ['::1', 128]);
const UNSPECIFIED = listOf(['0.0.0.0', 32], ['::', 128]);
const LINK_LOCAL_MULTICAST = listOf(['224.0.0.0', 24], ['ff02::', 16]);
const LINK_LOCAL_UNICAST = listOf(['169.254.0.0', 16], ['fe80::', 10]);
const NOT_GLOBAL = listOf(['224.0.0.0', 4], ['ff00::', 8], ['255.255.255.255', 32]);

const within = (list: BlockList, text: string): boolean => list.check(text, family(text));

const isGlobalUnicast = (text: string): boolean =>
  ![LOOPBACK, UNSPECIFIED, LINK_LOCAL_UNICAST, NOT_GLOBAL].some((list) => within(list, text));

const addressOf = (value: CelValue): string => expect('ip', value, isText);
type Range = readonly [address: string, length: number];

const rangeOf = (value: CelValue): Range => split(expect('cidr', value, isText));

function split(text: string): Range {
  const [address = '', length = ''] = text.split('/');
  return [address, Number(length)];
}

function address(text: string): ReadonlyMap<string, CelInput> {
  if (!isAddress(text)) throw new Error(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  return opaque('ip', canonical(text));
}

function range(text: string): ReadonlyMap<string, CelInput> {
  if (!isRange(text)) throw new Error(`network address parse error during conversion from string: ${text}`);
  return opaque('cidr', text);
}

const is = (name: string, check: (text: string) => boolean): CelFunc =>
  celMethod(name, DYN, [], BOOL, function () {
    return check(addressOf(this));
  });

/** First address of a range. */
function masked([text, length]: Range): string {
  const bytes = bytesOf(text).map((byte, index) => byte & (0xff << (8 - clamp(length - index * 8))) & 0xff);
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return canonical(words.join(':'));
}

const clamp = (bits: number): number => Math.max(0, Math.min(8, bits));

function bytesOf(text: string): number[] {
  if (isIPv4(text)) return text.split('.').map(Number);
  const [head = '', tail] = canonical(text).split('::');
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [left, right] = [words(head), words(tail ?? '')];
  const all =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return all.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]);
}

function contains(outer: CelValue, inner: string, length: number): boolean {
  const [start, most] = rangeOf(outer);
  return family(start) === family(inner) && length >= most && within(listOf([start, most]), inner);
}

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library and the CIDR library. */
export const networkFunctions: readonly CelFunc[] = [
  celFunc('ip', [STRING], OBJECT, address),
  celFunc('isIP', [STRING], BOOL, isAddress),
  celFunc('ip.isCanonical', [STRING], BOOL, (text) => canonical(addressOfText(text)) === text),
  celFunc('cidr', [STRING], OBJECT, range),
  celFunc('isCIDR', [STRING], BOOL, isRange),
  celMethod('family', DYN, [], INT, function () {
    return family(addressOf(this)) === 'ipv4' ? 4n : 6n;
  }),
  is('isUnspecified', (text) => within(UNSPECIFIED, text)),
  is('isLoopback', (text) => within(LOOPBACK, text)),
  is('isLinkLocalMulticast', (text) => within(LINK_LOCAL_MULTICAST, text)),
  is('isLinkLocalUnicast', (text) => within(LINK_LOCAL_UNICAST, text)),
  is('isGlobalUnicast', isGlobalUnicast),
  celMethod('containsIP', DYN, [DYN], BOOL, function (other) {
    const text = isText(other) ? addressOfText(other) : addressOf(other);
    return contains(this, text, family(text) === 'ipv4' ? 32 : 128);
  }),
  celMethod('containsCIDR', DYN, [DYN], BOOL, function (other) {
    const [text, length] = isText(other) ? rangeOfText(other) : rangeOf(other);
    return contains(this, text, length);
  }),
  celMethod('ip', DYN, [], OBJECT, function () {
    return address(rangeOf(this)[0]);
  }),
  celMethod('masked', DYN, [], OBJECT, function () {
    const range = rangeOf(this);
    return opaque('cidr', `${masked(range)}/${range[1]}`);
  }),
  celMethod('prefixLength', DYN, [], INT, function () {
    return BigInt(rangeOf(this)[1]);
  }),
];

function addressOfText(text: string): string {
  address(text);
  return text;
}

function rangeOfText(text: string): Range {
  range(text);
  return split(text);
}
