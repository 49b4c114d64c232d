import type { FieldError } from '../api-error.js';
import { sameJson } from '../schema/json.js';
import type { CrdSpec, CrdVersion } from './crd.js';
import { statusRootErrors, versionFieldErrors } from './version-rules.js';
import type { VersionPaths } from './version-rules.js';

const FIELDS = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;
type Field = (typeof FIELDS)[number];

/** Where the API server looks for what all versions have in common. */
const COMMON: VersionPaths = {
  schema: 'spec.validation',
  subresources: 'spec.subresources',
  additionalPrinterColumns: 'spec.additionalPrinterColumns',
  selectableFields: 'spec.selectableFields',
};

/** What is wrong with the fields of all versions; what they have in common is told once, of the CRD itself. */
export function allFieldErrors({ versions }: CrdSpec): { own: FieldError[]; common: FieldError[] } {
  const [first] = versions;
  if (!first) return { own: [], common: [] };
  const shared = FIELDS.filter((field) => versions.every((version) => sameJson(version[field], first[field])));
  const apart = FIELDS.filter((field) => !shared.includes(field));
  const own = versions.flatMap((version, index) => fieldErrors(version, apart, pathsOf(index), [version]));
  return { own, common: fieldErrors(first, shared, COMMON, versions) };
}

function pathsOf(index: number): VersionPaths {
  const path = `spec.versions[${index}]`;
  return {
    schema: `${path}.schema`,
    subresources: `${path}.subresources`,
    additionalPrinterColumns: `${path}.additionalPrinterColumns`,
    selectableFields: `${path}.selectableFields`,
  };
}

function fieldErrors(
  version: CrdVersion,
  fields: readonly Field[],
  paths: VersionPaths,
  all: readonly CrdVersion[],
): FieldError[] {
  const root = version.schema?.openAPIV3Schema;
  const given = Object.fromEntries(fields.map((field) => [field, version[field]]));
  const hasStatus = all.some(({ subresources }) => (subresources?.status ?? null) !== null);
  const isChecked = root && fields.includes('schema') && hasStatus;
  return [
    ...(isChecked ? statusRootErrors(root, `${paths.schema}.openAPIV3Schema`) : []),
    ...versionFieldErrors(given, paths, root),
  ];
}

/** Versions as the API server's own form of them shows in errors: common fields are elsewhere. */
export const shownVersions = (versions: readonly CrdVersion[]): unknown[] =>
  versions.map(({ name, served, storage, deprecated = false, deprecationWarning = null }) => ({
    Name: name,
    Served: served,
    Storage: storage,
    Deprecated: deprecated,
    DeprecationWarning: deprecationWarning,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  }));
