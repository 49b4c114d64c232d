import { layoutOf, messageOfKind, type Field, type Message } from './layout.js';
import { packedNumbers, wireFields, WireProblem, type WireField } from './wire.js';

/** What begins every object, https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding. */
const PREFIX = Buffer.from('k8s\0');
type Json = Record<string, unknown>;
type Value = WireField['value'];

/** An object that a client sent in protobuf, as the JSON that Go would write of it. Throws `WireProblem`. */
export function decodeProtobuf(body: Buffer): Json {
  if (!body.subarray(0, PREFIX.length).equals(PREFIX)) {
    const expected = `expected prefix [${[...PREFIX].join(' ')}]`;
    throw new WireProblem(`provided data does not appear to be a protobuf message, ${expected}`);
  }
  const { typeMeta, raw } = envelope(body.subarray(PREFIX.length));
  const { apiVersion = '', kind = '' } = typeMeta;
  const name = messageOfKind(apiVersion, kind);
  const layout = name === undefined ? undefined : layoutOf(name);
  if (!layout) throw new WireProblem(`no kind "${kind}" is registered for version "${apiVersion}" in protobuf`);
  return { kind, apiVersion, ...message(raw, layout) };
}

function envelope(bytes: Buffer): { typeMeta: { apiVersion?: string; kind?: string }; raw: Buffer } {
  const parts = new Map([...wireFields(bytes)].map(({ number, value }) => [number, value]));
  const [apiVersion, kind] = textsOf(lengthy(parts.get(1) ?? Buffer.alloc(0)));
  return {
    typeMeta: { apiVersion: apiVersion ?? '', kind: kind ?? '' },
    raw: lengthy(parts.get(2) ?? Buffer.alloc(0)),
  };
}

/** The texts of a message's first fields. */
function textsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (const { number, value } of wireFields(bytes)) texts[number - 1] = lengthy(value).toString();
  return texts;
}

function message(bytes: Buffer, layout: Message): Json {
  const json: Json = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = layout.get(number);
    if (field) add(json, field, value);
  }
  return json;
}

function add(json: Json, field: Field, value: Value): void {
  const { name, type, repeated, map, inline, optional } = field;
  if (inline) return void Object.assign(json, single(type, value));
  if (map) return void (json[name] = { ...(json[name] as Json | undefined), ...entry(type, value) });
  if (repeated) return void (json[name] = [...((json[name] as unknown[] | undefined) ?? []), ...items(type, value)]);
  const decoded = single(type, value);
  if (!(optional && isZero(decoded))) json[name] = decoded;
}

const items = (type: string, value: Value): unknown[] =>
  type === 'int' && Buffer.isBuffer(value) ? [...packedNumbers(value)].map(integer) : [single(type, value)];

function entry(type: string, value: Value): Json {
  let key = '';
  let decoded: unknown = type === 'string' || type === 'bytes' ? '' : {};
  for (const part of wireFields(lengthy(value))) {
    if (part.number === 1) key = lengthy(part.value).toString();
    if (part.number === 2) decoded = single(type, part.value);
  }
  return { [key]: decoded };
}

function single(type: string, value: Value): unknown {
  const scalar = SCALARS[type];
  if (scalar) return scalar(value);
  const layout = layoutOf(type);
  if (!layout) throw new WireProblem(`proto: ${type} is not known`);
  return message(lengthy(value), layout);
}

const SCALARS: Readonly<Record<string, (value: Value) => unknown>> = {
  string: (value) => lengthy(value).toString(),
  bytes: (value) => lengthy(value).toString('base64'),
  bool: (value) => value !== 0n,
  int: (value) => integer(value),
  double: (value) => (typeof value === 'number' ? value : wrong()),
  time: (value) => time(lengthy(value), 0),
  microtime: (value) => time(lengthy(value), 6),
  duration: (value) => `${Number(integer(fieldOf(lengthy(value), 1) ?? 0n)) / 1e9}s`,
  quantity: (value) => lengthy(fieldOf(lengthy(value), 1) ?? Buffer.alloc(0)).toString(),
  intOrString: (value) => intOrString(lengthy(value)),
  json: (value) => JSON.parse(lengthy(fieldOf(lengthy(value), 1) ?? Buffer.from('null')).toString()) as unknown,
  strings: (value) => [...wireFields(lengthy(value))].map((item) => lengthy(item.value).toString()),
};

function intOrString(bytes: Buffer): unknown {
  const isText = (fieldOf(bytes, 1) ?? 0n) === 1n;
  return isText ? lengthy(fieldOf(bytes, 3) ?? Buffer.alloc(0)).toString() : integer(fieldOf(bytes, 2) ?? 0n);
}

/** RFC 3339 with so many digits; Go's zero time is null. */
function time(bytes: Buffer, digits: number): string | null {
  const seconds = integer(fieldOf(bytes, 1) ?? 0n);
  const nanos = integer(fieldOf(bytes, 2) ?? 0n);
  if (seconds === 0 && nanos === 0) return null;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = digits === 0 ? '' : `.${String(nanos).padStart(9, '0').slice(0, digits)}`;
  return `${whole}${fraction}Z`;
}

function fieldOf(bytes: Buffer, number: number): Value | undefined {
  return [...wireFields(bytes)].findLast((field) => field.number === number)?.value;
}

const lengthy = (value: Value): Buffer => (Buffer.isBuffer(value) ? value : wrong());
const integer = (value: Value): number => (typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : wrong());

function wrong(): never {
  throw new WireProblem('proto: wrong wireType');
}

const isZero = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || value === null || isEmptyObject(value);

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
