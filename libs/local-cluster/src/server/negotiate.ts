import { notAcceptable, notAcceptedByRoute } from './status.js';

/** What the body of an answer is written as. */
type Encoding = 'json' | 'yaml';

/** A form that objects are answered in when the client asks for it. */
export interface Conversion {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
}

export interface Negotiated {
  readonly encoding: Encoding;
  readonly convert?: Conversion;
  readonly pretty: boolean;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

export const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;
const STREAM_TYPES = MEDIA_TYPES.filter((type) => type !== 'application/yaml').map((type) => `${type};stream=watch`);
const CONVERSIONS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/*': 'json',
  '*/*': 'json',
};
const PLAIN: Negotiated = { encoding: 'json', pretty: false };

/** Chooses an answer's form by the Accept header; protobuf is not spoken, so a client that takes only that gets 406. */
export function negotiate(accept: string | undefined, custom = false): Negotiated {
  if (!accept || accept === 'application/json' || accept === '*/*') return PLAIN;
  const clauses = parseAccept(accept);
  for (const clause of clauses) {
    const found = chosen(clause);
    if (found) return found;
  }
  const routed = custom || clauses.some(({ type }) => ENCODINGS[type] !== undefined);
  throw routed ? notAcceptable(MEDIA_TYPES) : notAcceptedByRoute([...MEDIA_TYPES, ...STREAM_TYPES]);
}

/** For watches, which are streams of JSON. */
export function negotiateStream(accept: string | undefined, custom = false): Negotiated {
  const negotiated = negotiate(accept, custom);
  if (negotiated.encoding !== 'json') throw notAcceptable(STREAM_TYPES);
  return negotiated;
}

function chosen({ type, parameters }: Clause): Negotiated | undefined {
  const encoding = ENCODINGS[type];
  const stream = parameters.get('stream') || 'watch';
  if (!encoding || stream !== 'watch' || parameters.get('sv')) return undefined;
  const pretty = parameters.get('pretty') === '1';
  const convert = conversion(parameters);
  if (!convert) return { encoding, pretty };
  return isServed(convert) ? { encoding, pretty, convert } : undefined;
}

function conversion(parameters: ReadonlyMap<string, string>): Conversion | undefined {
  if (!['as', 'g', 'v'].some((name) => parameters.has(name))) return undefined;
  const [kind = '', group = '', version = ''] = ['as', 'g', 'v'].map((name) => parameters.get(name));
  return { kind, group, version };
}

const isServed = ({ kind, group, version }: Conversion): boolean =>
  CONVERSIONS.has(kind) && group === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1');

/** The clauses of an Accept header, the most wanted first. */
export function parseAccept(header: string): Clause[] {
  const clauses = header.split(',').map(parseClause);
  return clauses.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
}

function parseClause(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at > 0)
      parameters.set(
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .trim()
          .replace(/^"|"$/g, ''),
      );
  }
  const weight = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, weight: Number.isFinite(weight) ? weight : 1 };
}
