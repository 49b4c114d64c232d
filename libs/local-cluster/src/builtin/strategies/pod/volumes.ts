import type { FieldError } from '../../../api-error.js';
import { parseQuantity } from '../../../schema/cel/quantity.js';
import { duplicate, forbiddenField, invalidValue, notSupported, required } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, textOf, type Fields } from '../access.js';
import { idErrors, nameErrors } from '../shared-rules.js';
import { backstepErrors } from './paths.js';
import { projectedErrors } from './projected.js';
import { fileErrors, itemErrors, modeErrors } from './volume-files.js';

type Rule = (source: Fields, field: string) => FieldError[];

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const needed = (source: Fields, field: string, name: string): FieldError[] =>
  source[name] ? [] : [required(`${field}.${name}`)];

const filesOf =
  (name: string): Rule =>
  (source, field) => [
    ...needed(source, field, name),
    ...modeErrors(source['defaultMode'], `${field}.defaultMode`),
    ...idErrors(source, field, ['defaultUser']),
    ...listOf(source['items']).flatMap((item, index) => itemErrors(item, `${field}.items[${index}]`)),
  ];

const emptyDirErrors: Rule = ({ sizeLimit, mode }, field) => [
  ...(sizeLimit != null && (parseQuantity(String(sizeLimit)) ?? 0n) < 0n
    ? [forbiddenField(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
    : []),
  ...modeErrors(mode, `${field}.mode`, 0o1777),
];

const hostPathErrors: Rule = ({ path, type }, field) => {
  if (!path) return [required(`${field}.path`)];
  const isKnown = type == null || HOST_PATH_TYPES.includes(textOf(type));
  return [
    ...backstepErrors(textOf(path), `${field}.path`),
    ...(isKnown ? [] : [notSupported(`${field}.type`, type, HOST_PATH_TYPES)]),
  ];
};

const nfsErrors: Rule = (nfs, field) => [
  ...needed(nfs, field, 'server'),
  ...needed(nfs, field, 'path'),
  ...(textOf(nfs['path']).startsWith('/')
    ? []
    : [invalidValue(`${field}.path`, textOf(nfs['path']), 'must be an absolute path')]),
];

/** Sources of a volume, in the order the real server looks for them; those of vendors are not looked into. */
const SOURCES: Readonly<Record<string, Rule>> = {
  emptyDir: emptyDirErrors,
  hostPath: hostPathErrors,
  secret: filesOf('secretName'),
  nfs: nfsErrors,
  persistentVolumeClaim: (claim, field) => needed(claim, field, 'claimName'),
  downwardAPI: (source, field) => [
    ...modeErrors(source['defaultMode'], `${field}.defaultMode`),
    ...idErrors(source, field, ['defaultUser']),
    ...listOf(source['items']).flatMap((file) => fileErrors(file, field)),
  ],
  configMap: filesOf('name'),
  projected: (source, field) => [
    ...modeErrors(source['defaultMode'], `${field}.defaultMode`),
    ...idErrors(source, field, ['defaultUser']),
    ...projectedErrors(source, field),
  ],
  csi: (csi, field) => needed(csi, field, 'driver'),
  ephemeral: ({ volumeClaimTemplate }, field) =>
    volumeClaimTemplate == null ? [required(`${field}.volumeClaimTemplate`)] : [],
  image: (image, field) => needed(image, field, 'reference'),
};

/** A Pod's volumes: what is wrong with them, and those that may be mounted, by their names. */
export function volumeErrors(
  volumes: readonly Fields[],
  field: string,
): { errors: FieldError[]; good: Map<string, Fields> } {
  const good = new Map<string, Fields>();
  const errors = volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const name = textOf(volume['name']);
    const found = [...sourceErrors(volume, at), ...nameErrors(volume, at)];
    if (good.has(name)) found.push(duplicate(`${at}.name`, name));
    if (found.length === 0) good.set(name, volume);
    return found;
  });
  return { errors, good };
}

function sourceErrors(volume: Fields, field: string): FieldError[] {
  const [first, ...others] = Object.keys(SOURCES).filter((name) => volume[name] != null);
  if (first === undefined) return [];
  return [
    ...(SOURCES[first]?.(fieldsOf(volume[first]), `${field}.${first}`) ?? []),
    ...others.map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 volume type')),
  ];
}
