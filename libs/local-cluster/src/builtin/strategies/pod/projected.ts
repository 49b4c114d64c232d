import type { FieldError } from '../../../api-error.js';
import { forbiddenField, invalidValue, required } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../access.js';
import { idErrors } from '../shared-rules.js';
import { localPathErrors } from './paths.js';
import { fileErrors, itemErrors } from './volume-files.js';

const LEAST_SECONDS = 600;
const MOST_SECONDS = 2 ** 32;

interface Place {
  /** Of the volume's source, for errors that are told of the whole. */
  readonly volume: string;
  readonly source: string;
  /** Of all the files so far. */
  readonly paths: Set<string>;
}

type Rule = (source: Fields, place: Place) => FieldError[];

const objectErrors: Rule = (source, place) => [
  ...(source['name'] ? [] : [required(`${place.source}.name`)]),
  ...listOf(source['items']).flatMap((item, index) => [
    ...itemErrors(item, `${place.source}.items[${index}]`),
    ...takenErrors(item, textOf(source['name']), place),
  ]),
];

const tokenErrors: Rule = (token, { volume, source }) => [
  ...secondsErrors(token['expirationSeconds'], `${source}.expirationSeconds`),
  ...(token['path'] ? localPathErrors(textOf(token['path']), `${volume}.path`) : [required(`${volume}.path`)]),
  ...idErrors(token, source, ['user']),
];

const SOURCES: Readonly<Record<string, Rule>> = {
  secret: objectErrors,
  configMap: objectErrors,
  downwardAPI: (source, place) =>
    listOf(source['items']).flatMap((file) => [
      ...fileErrors(file, place.source),
      ...takenErrors(file, textOf(file['path']), place),
    ]),
  serviceAccountToken: tokenErrors,
};

/** Errors of the sources of a `projected` volume: no two of their files have one path. */
export function projectedErrors(projected: Fields, field: string): FieldError[] {
  const paths = new Set<string>();
  return listOf(projected['sources']).flatMap((source, index) => {
    const at = `${field}.sources[${index}]`;
    const given = Object.keys(SOURCES).filter((name) => source[name] != null);
    const errors = given.flatMap(
      (name) => SOURCES[name]?.(fieldsOf(source[name]), { volume: field, source: `${at}.${name}`, paths }) ?? [],
    );
    return given.length > 1
      ? [...errors, forbiddenField(at, 'may not specify more than 1 volume type per source')]
      : errors;
  });
}

function takenErrors({ path }: Fields, shown: string, { volume, paths }: Place): FieldError[] {
  const isTaken = paths.has(textOf(path));
  if (path) paths.add(textOf(path));
  return isTaken ? [invalidValue(volume, shown, 'conflicting duplicate paths')] : [];
}

function secondsErrors(value: unknown, field: string): FieldError[] {
  const seconds = numberOf(value);
  if (seconds === undefined) return [required(field)];
  if (seconds < LEAST_SECONDS) return [invalidValue(field, seconds, 'may not specify a duration less than 10 minutes')];
  const detail = 'may not specify a duration larger than 2^32 seconds';
  return seconds > MOST_SECONDS ? [invalidValue(field, seconds, detail)] : [];
}
