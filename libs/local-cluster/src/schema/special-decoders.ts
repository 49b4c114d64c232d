import type { Schema } from './schema.js';

/** Why a value is none of a type of Go that decodes itself; `mismatch` says that it is of the wrong JSON type. */
export type SpecialDecoder = (value: unknown, mismatch: (type: string) => string) => string | undefined;

/** The decoder of a schema's type, where Go has one of its own. */
export function specialDecoder(schema: Schema): SpecialDecoder | undefined {
  const { format, type, 'x-go-type': goType = '' } = schema;
  if (format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) return decodeIntOrString;
  if (format === 'quantity') return decodeQuantity;
  if (type !== 'string') return undefined;
  if (format === 'date-time') return goType.endsWith('MicroTime') ? decodeMicroTime : decodeTime;
  return format === 'byte' ? decodeBytes : undefined;
}

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const QUANTITY_RULE = `quantities must match the regular expression '${QUANTITY.source}'`;
const SUFFIX = /^(n|u|m||k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)$/;

function decodeQuantity(value: unknown): string | undefined {
  if (typeof value === 'number') return undefined;
  const [, number = '', suffix = ''] = QUANTITY.exec(typeof value === 'string' ? value : JSON.stringify(value)) ?? [];
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(number)) return QUANTITY_RULE;
  return SUFFIX.test(suffix) ? undefined : "unable to parse quantity's suffix";
}

const decodeIntOrString: SpecialDecoder = (value, mismatch) => {
  if (typeof value === 'string') return undefined;
  const isInt32 = typeof value === 'number' && Number.isInteger(value) && value === (value | 0);
  return isInt32 ? undefined : mismatch('int32');
};

/** A part of a time: how it looks, what Go's layout calls it, and, for numbers, what they may be. */
type Part = readonly [pattern: RegExp, layout: string, range?: readonly [name: string, least: number, most: number]];

const TO_SECONDS: readonly Part[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01', ['month', 1, 12]],
  [/^-/, '-'],
  [/^\d{2}/, '02', ['day', 1, 31]],
  [/^T/, 'T'],
  [/^\d{2}/, '15', ['hour', 0, 23]],
  [/^:/, ':'],
  [/^\d{2}/, '04', ['minute', 0, 59]],
  [/^:/, ':'],
];
const ZONE: Part = [/^(Z|[+-]\d{2}:\d{2})/, 'Z07:00'];
const TIME: readonly Part[] = [...TO_SECONDS, [/^\d{2}(\.\d+)?/, '05', ['second', 0, 60]], ZONE];
const MICRO_TIME: readonly Part[] = [
  ...TO_SECONDS,
  [/^\d{2}/, '05', ['second', 0, 60]],
  [/^\.\d{6}(?!\d)/, '.000000'],
  ZONE,
];

const decodeTime: SpecialDecoder = (value, mismatch) =>
  typeof value === 'string' ? timeError(value, TIME) : mismatch('string');

const decodeMicroTime: SpecialDecoder = (value, mismatch) =>
  typeof value === 'string' ? timeError(value, MICRO_TIME) : mismatch('string');

/** In the words of Go's time.Parse. */
function timeError(text: string, parts: readonly Part[]): string | undefined {
  const said = `parsing time ${JSON.stringify(text)}`;
  let rest = text;
  for (const [pattern, layout, range] of parts) {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined)
      return `${said} as ${JSON.stringify(layoutOf(parts))}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`;
    if (range && !isWithin(Number(found), range)) return `${said}: ${range[0]} out of range`;
    rest = rest.slice(found.length);
  }
  if (rest !== '') return `${said}: extra text: ${JSON.stringify(rest)}`;
  return isDay(text) ? undefined : `${said}: day out of range`;
}

const layoutOf = (parts: readonly Part[]): string => parts.map(([, layout]) => layout).join('');

const isWithin = (value: number, [, least, most]: readonly [string, number, number]): boolean =>
  value >= least && Math.trunc(value) <= most;

/** February has no 30th. */
const isDay = (text: string): boolean => {
  const date = text.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/;

const decodeBytes: SpecialDecoder = (value, mismatch) => {
  if (typeof value !== 'string') return mismatch('[]uint8');
  const text = value.replace(/[\r\n]/g, '');
  const valid = BASE64.exec(text)?.[0].length ?? 0;
  if (valid === text.length) return undefined;
  const odd = text.search(/[^A-Za-z0-9+/=]/);
  return `illegal base64 data at input byte ${odd < 0 ? valid : odd}`;
};
