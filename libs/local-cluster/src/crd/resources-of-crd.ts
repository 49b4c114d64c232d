import type { ApiObject } from '../api-object.js';
import type { Resource, ScalePaths, Strategy } from '../resources/resource.js';
import { goText } from '../schema/go-text.js';
import { columnsOf } from './columns.js';
import { asCrd } from './crd.js';
import type { Crd, CrdNames, CrdVersion } from './crd.js';
import { customSchema } from './custom-schema.js';
import { finalizerWarnings } from './finalizer-warnings.js';
import { jsonPath } from './json-path.js';

/** The resources that a CRD serves: one a served version, with the names that were accepted. */
export function resourcesOfCrd(object: ApiObject): Resource[] {
  const crd = asCrd(object);
  return crd.spec.versions.filter(({ served }) => served).map((version) => resourceOf(crd, version));
}

function resourceOf(crd: Crd, version: CrdVersion): Resource {
  const { spec, status } = crd;
  const { plural, kind, singular, shortNames, categories } = namesOf(spec.names, status?.acceptedNames);
  return {
    group: spec.group,
    version: version.name,
    kind,
    plural,
    singular,
    shortNames,
    categories,
    namespaced: spec.scope === 'Namespaced',
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    subresources: subresourcesOf(version),
    schema: customSchema(version.schema?.openAPIV3Schema),
    strategy: strategyOf(version),
    columns: columnsOf(version),
    custom: true,
  };
}

/** What others took before is not served; without accepted names it is what is asked for. */
function namesOf(asked: CrdNames, accepted: Partial<CrdNames> | undefined): Required<Omit<CrdNames, 'listKind'>> {
  const names = accepted?.plural ? accepted : asked;
  const { plural, kind } = asked;
  return {
    plural,
    kind,
    singular: names.singular ?? kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
  };
}

function subresourcesOf({ subresources = {} }: CrdVersion): Resource['subresources'] {
  const { status, scale } = subresources;
  return { ...(status && { status: true }), ...(scale && { scale: scaleOf(scale) }) };
}

const scaleOf = ({
  specReplicasPath,
  statusReplicasPath,
  labelSelectorPath,
}: NonNullable<NonNullable<CrdVersion['subresources']>['scale']>): ScalePaths => ({
  spec: specReplicasPath,
  status: statusReplicasPath,
  ...(labelSelectorPath && { labelSelector: labelSelectorPath }),
});

function strategyOf({ selectableFields = [] }: CrdVersion): Strategy {
  const fields = selectableFields.map(({ jsonPath: path }) => ({
    name: path.replace(/^\./, ''),
    find: jsonPath(path),
  }));
  return {
    hasGeneration: true,
    allowUnconditionalUpdate: false,
    warnings: finalizerWarnings,
    ...(fields.length > 0 && {
      selectableFields: (object) =>
        Object.fromEntries(fields.map(({ name, find }) => [name, selectable(find(object)[0])])),
    }),
  };
}

const selectable = (value: unknown): string => (value === undefined || value === null ? '' : goText(value));
