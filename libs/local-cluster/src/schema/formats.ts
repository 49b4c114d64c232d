import { goRegExp } from './go-regexp.js';

const HOST =
  '^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$';
const uuid = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/;
const SCALA_DURATION =
  /^\d+\s*(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$/;
const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const octet = (text: string): boolean => /^\d+$/.test(text) && Number(text) <= 255;

/** As Go once parsed IPv4, leading zeros and all; the API server keeps to it. */
const isIPv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every(octet);
};

/** As Go's net.ParseIP for IPv6, without zones. */
function isIPv6(text: string): boolean {
  if (!text.includes(':') || /[^0-9a-fA-F:.]/.test(text)) return false;
  return URL.canParse(`http://[${text}]/`);
}

/** As Go's net.ParseCIDR. */
function isCIDR(text: string): boolean {
  const [address = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return false;
  if (isIPv4(address)) return Number(length) <= 32;
  return isIPv6(address) && Number(length) <= 128;
}

/** As Go's net/url.ParseRequestURI: absolute, or a path from the root. */
const isRequestUri = (text: string): boolean =>
  text.startsWith('/') ? !/[\s\p{Cc}]/u.test(text) : URL.canParse(text) && /^[a-z][a-z0-9+.-]*:[^\s]/i.test(text);

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

const isLuhn = (digits: string): boolean =>
  Array.from(digits, Number)
    .reverse()
    .map((digit, index) => (index % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2))
    .reduce((sum, digit) => sum + digit, 0) %
    10 ===
  0;

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  return Array.from(digits, (d, i) => (i + 1) * (d === 'X' ? 10 : Number(d))).reduce((a, b) => a + b, 0) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  return Array.from(digits, (d, i) => Number(d) * (i % 2 === 0 ? 1 : 3)).reduce((a, b) => a + b, 0) % 10 === 0;
}

const matches =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

const longName = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((label) => LABEL.test(label)) && text !== '';

/** Formats that the API server checks in texts, without dashes in their names; others mean nothing. */
const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matches(/^[0-9a-f]{24}$/i),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  cidr: isCIDR,
  creditcard: (text) => isLuhn(text.replace(/\D/g, '')) && /^\d{13,16}$/.test(text.replace(/\D/g, '')),
  date: isDate,
  datetime: (text) => TIME.test(text) && isDate(text.slice(0, 10)),
  duration: (text) => text === '0' || DURATION.test(text) || SCALA_DURATION.test(text),
  email: matches(/^(?:[^<>]*<)?[^\s@<>,;:()[\]\\"]+@[^\s@<>,;:()[\]\\"]+>?$/),
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: (text) =>
    goRegExp(HOST).test(text) && text.length <= 255 && text.split('.').every((part) => part.length <= 63),
  ipv4: isIPv4,
  ipv6: isIPv6,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  k8slongname: longName,
  k8sshortname: (text) => text.length <= 63 && LABEL.test(text),
  mac: matches(/^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4,6}[0-9a-f]{2}|([0-9a-f]{4}\.){2,3}[0-9a-f]{4})$/i),
  password: () => true,
  rgbcolor: matches(
    /^rgb\(\s*(\d|[1-9]\d|1\d{2}|2[0-4]\d|25[0-5])\s*(,\s*(\d|[1-9]\d|1\d{2}|2[0-4]\d|25[0-5])\s*){2}\)$/,
  ),
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  uri: isRequestUri,
  uuid: matches(uuid('[0-9a-f]', '[0-9a-f]')),
  uuid3: matches(uuid('3', '[0-9a-f]')),
  uuid4: matches(uuid('4', '[89ab]')),
  uuid5: matches(uuid('5', '[89ab]')),
};

/** The check of a format for texts; undefined: the API server does not know it, so everything goes. */
export const formatCheck = (format: string): ((text: string) => boolean) | undefined =>
  CHECKS[format.replaceAll('-', '')];
