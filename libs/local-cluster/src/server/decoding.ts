import { parseDocument, type YAMLError } from 'yaml';
import { badRequest, unsupportedMediaType } from '../api-error.js';
import type { Resource } from '../resources/resource.js';
import { tellProblems } from '../rest/decode.js';
import type { PatchRequest, WriteParameters } from '../rest/object-api.js';
import { duplicateFields, JsonProblem } from './go-json.js';
import { MEDIA_TYPES } from './negotiate.js';
import { decodeProtobuf } from './protobuf/index.js';
import { mediaTypeNotRouted } from './status.js';

const SUMMARY_BYTES = 30;
/** What YAML knows and JSON does not. */
const FOREIGN_TAGS = ['timestamp', 'binary'].map((name) => `tag:yaml.org,2002:${name}`);
const MAX_JSON_PATCH_OPERATIONS = 10_000;

const PATCH_TYPES: Readonly<Record<string, PatchRequest['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};
const CUSTOM_PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];

/** A body that is told to be an object of a kind, as a value; what it says of itself is looked at elsewhere. */
export function decodeObject(
  body: Buffer,
  contentType: string | undefined,
  { kind }: Pick<Resource, 'kind'>,
): { readonly value: unknown; readonly problems: readonly string[] } {
  const { value, problems } = readValue(body, contentType, (error) =>
    badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error} (${summary(body)})`),
  );
  // Go reads null as an object without fields
  return { value: value ?? {}, problems };
}

/** The same where nothing else is found out about it. */
export function decodeWhole(
  body: Buffer,
  contentType: string | undefined,
  { kind, version }: Pick<Resource, 'kind' | 'version'>,
  strictness: Pick<WriteParameters, 'fieldValidation' | 'warn'>,
): unknown {
  const { value, problems } = decodeObject(body, contentType, { kind });
  const who = `${kind} in version "${version}" cannot be handled as a ${kind}`;
  tellProblems(problems, strictness, (why) => badRequest(`${who}: ${why}`));
  return value;
}

/** The body of a deletion; undefined if there is none. */
export function decodeOptions(body: Buffer, contentType: string | undefined): unknown {
  return body.length === 0 ? undefined : readValue(body, contentType, badRequest).value;
}

/** Which patch a content type names; 415 if none that the resource takes. */
export function patchType(contentType: string | undefined, { custom }: Resource): PatchRequest['type'] {
  const name = mediaType(contentType);
  const type = PATCH_TYPES[name];
  if (type && !(custom && type === 'strategic')) return type;
  if (!custom) throw mediaTypeNotRouted();
  throw unknownFormat(CUSTOM_PATCH_TYPES);
}

/** The value that the text of a patch is. */
export function parsePatch(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw badRequest('invalid JSON patch');
  }
}

/** An apply's object, and what stands twice in its text. */
export function parseApply(body: Buffer): { readonly body: unknown; readonly duplicates: readonly string[] } {
  const { value, duplicates } = readApply(body.toString());
  if (isRecord(value) || value === null) return { body: value ?? {}, duplicates };
  const error = `json: cannot unmarshal ${goType(value)} into Go value of type map[string]interface {}`;
  throw badRequest(`error decoding patch: error unmarshaling JSON: while decoding JSON: ${error}`);
}

/** A patch's value, of the shape that its type has. */
export function shapePatch(value: unknown, type: Exclude<PatchRequest['type'], 'apply'>): unknown {
  if (type === 'json') return operations(value);
  if (value === null && type === 'merge') throw badRequest('Invalid JSON Patch');
  if (isRecord(value) || value === null) return value ?? {};
  const error = `json: cannot unmarshal ${goType(value)} into Go value of type map[string]interface {}`;
  throw badRequest(type === 'merge' ? `error decoding patch: ${error}` : error);
}

function operations(value: unknown): unknown {
  if (!Array.isArray(value)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${goType(value)} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (value.length <= MAX_JSON_PATCH_OPERATIONS) return value;
  throw new RangeError(
    `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${value.length}`,
  );
}

/** YAML, of which JSON is a part that is read many times faster. */
function readApply(text: string): ReturnType<typeof parseYaml> {
  try {
    const value: unknown = JSON.parse(text);
    if (duplicateFields(text).length === 0) return { value, duplicates: [] };
  } catch {
    // is YAML, or nothing
  }
  return parseYaml(text, (error) => badRequest(`error encoding patch: ${error}`));
}

interface Read {
  readonly value: unknown;
  /** What strict decoding says of it. */
  readonly problems: readonly string[];
}

type Refuse = (error: string) => Error;

function readValue(body: Buffer, contentType: string | undefined, refuse: Refuse): Read {
  const type = mediaType(contentType) || MEDIA_TYPES[0];
  if (type === 'application/json') return readJson(body.toString(), refuse);
  if (type === 'application/yaml') return readYaml(body.toString(), refuse);
  if (type === 'application/vnd.kubernetes.protobuf') return readProtobuf(body, refuse);
  throw unknownFormat(MEDIA_TYPES);
}

function readJson(text: string, refuse: Refuse): Read {
  const problems = scan(text, refuse);
  const value: unknown = JSON.parse(text);
  if (isRecord(value) || value === null) return { value, problems };
  const type = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
  const error = `json: cannot unmarshal ${goType(value)} into Go value of type ${type}`;
  throw refuse(`couldn't get version/kind; json parse error: ${error}`);
}

function scan(text: string, refuse: Refuse): string[] {
  try {
    return duplicateFields(text).map((path) => `duplicate field ${JSON.stringify(path)}`);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw refuse(`couldn't get version/kind; json parse error: ${error.message}`);
  }
}

function readYaml(text: string, refuse: Refuse): Read {
  const { value, duplicates } = parseYaml(text, refuse);
  if (duplicates.length === 0) return { value, problems: [] };
  return { value, problems: [`yaml: unmarshal errors:\n${duplicates.map((line) => `  ${line}`).join('\n')}`] };
}

/** YAML 1.1 as Kubernetes reads it: `yes` is true, a date is text, of several documents the first counts. */
function parseYaml(text: string, refuse: Refuse): { readonly value: unknown; readonly duplicates: readonly string[] } {
  const document = parseDocument(text, {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => !FOREIGN_TAGS.includes(typeof tag === 'string' ? tag : tag.tag)),
    uniqueKeys: true,
    prettyErrors: true,
  });
  const [error] = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY' && code !== 'MULTIPLE_DOCS');
  if (error) throw refuse(`yaml: line ${lineOf(error)}: ${(error.message.split('\n', 1)[0] ?? '').toLowerCase()}`);
  const duplicates = document.errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map((duplicate) => {
      const [, key = ''] = /^["']?([^\s:"']+)/.exec(text.slice(duplicate.pos[0])) ?? [];
      return `line ${lineOf(duplicate)}: key ${JSON.stringify(key)} already set in map`;
    });
  return { value: valueOf(document, refuse), duplicates };
}

/** What aliases stand for is found out here. */
function valueOf(document: ReturnType<typeof parseDocument>, refuse: Refuse): unknown {
  try {
    return (document.toJS({ maxAliasCount: 100 }) ?? null) as unknown;
  } catch (error) {
    const [, anchor] = /alias \(.*\): (.*)$/.exec(String(error)) ?? [];
    const why = anchor === undefined ? 'document contains excessive aliasing' : `unknown anchor '${anchor}' referenced`;
    throw refuse(`yaml: ${why}`);
  }
}

/** Typed clients, such as `kubectl create`, send built-in kinds so. */
function readProtobuf(body: Buffer, refuse: Refuse): Read {
  try {
    return { value: decodeProtobuf(body), problems: [] };
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

const lineOf = ({ linePos }: YAMLError): number => linePos?.[0].line ?? 1;

const mediaType = (contentType: string | undefined): string =>
  (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

const unknownFormat = (accepted: readonly string[]): Error =>
  unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The first bytes, in hexadecimal unless they look like JSON. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const head = body.subarray(0, SUMMARY_BYTES);
  const text = body[0] === 0x7b ? head.toString() : head.toString('hex');
  return body.length > SUMMARY_BYTES ? `${text} ...` : text;
}
