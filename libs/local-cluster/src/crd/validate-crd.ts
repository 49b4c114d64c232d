import type { FieldError } from '../api-error.js';
import { subdomainFaults } from '../builtin/strategies/names.js';
import { forbiddenField, invalidValue, required } from '../schema/field-errors.js';
import { sameJson } from '../schema/json.js';
import { allFieldErrors, shownVersions } from './common-fields.js';
import { isTrue } from './crd.js';
import type { Crd, CrdNames, CrdSpec } from './crd.js';
import { labelErrors, MIXED_CASE } from './name-rules.js';
import { enumErrors, versionErrors, versionNameErrors } from './version-rules.js';

/** What is wrong with a CustomResourceDefinition, in the words of apiextensions-apiserver. */
export function validateCrd(crd: Crd): FieldError[] {
  const { metadata, spec } = crd;
  const isNew = metadata.resourceVersion === undefined;
  const isNamed = !isNew || metadata.name === `${spec.names.plural}.${spec.group}`;
  return [
    ...(isNamed ? [] : [invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...specErrors(spec),
    ...statusErrors(crd),
    ...storedVersionErrors(crd),
    ...approvalErrors(crd),
    ...preserveErrors(spec),
  ];
}

/** What a change of a CustomResourceDefinition may not change. */
export function validateCrdUpdate({ spec }: Crd, old: Crd): FieldError[] {
  return [
    ...(isTrue(old, 'Established')
      ? [
          ...immutable('spec.scope', spec.scope, old.spec.scope),
          ...immutable('spec.names.kind', spec.names.kind, old.spec.names.kind),
        ]
      : []),
    ...immutable('spec.group', spec.group, old.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, old.spec.names.plural),
  ];
}

/** What is wrong with the status alone. */
export const statusErrors = ({ status }: Crd): FieldError[] =>
  status?.acceptedNames ? nameErrors(status.acceptedNames, 'status.acceptedNames') : [];

const immutable = (field: string, value: unknown, old: unknown): FieldError[] =>
  sameJson(value, old) ? [] : [invalidValue(field, value, 'field is immutable')];

function specErrors(spec: CrdSpec): FieldError[] {
  const { versions } = spec;
  const { own, common } = allFieldErrors(spec);
  return [
    ...groupErrors(spec.group),
    ...enumErrors('spec.scope', spec.scope ?? '', ['Cluster', 'Namespaced']),
    ...versions.flatMap(({ schema }, index) =>
      schema?.openAPIV3Schema ? [] : [required(`spec.versions[${index}].schema.openAPIV3Schema`)],
    ),
    ...versions.flatMap((version, index) => versionErrors(version, `spec.versions[${index}]`)),
    ...own,
    ...versionsErrors(spec),
    ...(['plural', 'singular', 'kind', 'listKind'] as const).flatMap((field) =>
      spec.names[field] ? [] : [required(`spec.names.${field}`)],
    ),
    ...nameErrors(spec.names, 'spec.names'),
    ...common,
    ...conversionErrors(spec),
  ];
}

function groupErrors(group = ''): FieldError[] {
  const field = 'spec.group';
  if (group === '') return [required(field)];
  const rules = subdomainFaults(group);
  if (rules.length > 0) return [invalidValue(field, group, rules.join(','))];
  return group.includes('.') ? [] : [invalidValue(field, group, 'should be a domain with at least one dot')];
}

function versionsErrors({ versions }: CrdSpec): FieldError[] {
  const names = new Set(versions.map(({ name }) => name));
  const stored = versions.filter(({ storage }) => storage).length;
  const shown = shownVersions(versions);
  return [
    ...(names.size === versions.length
      ? []
      : [invalidValue('spec.versions', shown, 'must contain unique version names')]),
    ...(stored === 1
      ? []
      : [invalidValue('spec.versions', shown, 'must have exactly one version marked as storage version')]),
    ...versions.slice(0, 1).flatMap(({ name }) => versionNameErrors(name, 'spec.version')),
  ];
}

function nameErrors(names: Partial<CrdNames>, path: string): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  return [
    ...labelErrors(`${path}.plural`, plural),
    ...labelErrors(`${path}.singular`, singular),
    ...labelErrors(`${path}.kind`, kind, MIXED_CASE),
    ...labelErrors(`${path}.listKind`, listKind, MIXED_CASE),
    ...shortNames.flatMap((name, index) => labelErrors(`${path}.shortNames[${index}]`, name)),
    ...(kind !== '' && kind === listKind
      ? [invalidValue(`${path}.listKind`, listKind, 'kind and listKind may not be the same')]
      : []),
    ...categories.flatMap((name, index) => labelErrors(`${path}.categories[${index}]`, name)),
  ];
}

function conversionErrors({ conversion }: CrdSpec): FieldError[] {
  if (!conversion) return [];
  const { strategy = '', webhook } = conversion;
  const path = 'spec.conversion';
  return [...enumErrors(`${path}.strategy`, strategy, ['None', 'Webhook']), ...webhookErrors(strategy, webhook, path)];
}

function webhookErrors(
  strategy: string,
  webhook: NonNullable<CrdSpec['conversion']>['webhook'],
  path: string,
): FieldError[] {
  const { clientConfig, conversionReviewVersions = [] } = webhook ?? {};
  if (strategy !== 'Webhook') {
    const rule = 'should not be set when strategy is not set to Webhook';
    return [
      ...(clientConfig ? [forbiddenField(`${path}.webhookClientConfig`, rule)] : []),
      ...(conversionReviewVersions.length > 0 ? [forbiddenField(`${path}.conversionReviewVersions`, rule)] : []),
    ];
  }
  return [
    ...(clientConfig ? [] : [required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook')]),
    ...(conversionReviewVersions.length > 0 ? [] : [required(`${path}.conversionReviewVersions`)]),
  ];
}

function storedVersionErrors({ spec, status }: Crd): FieldError[] {
  const stored = status?.storedVersions ?? [];
  const path = 'status.storedVersions';
  if (stored.length === 0) return [invalidValue(path, null, 'must have at least one stored version')];
  const served = new Set(spec.versions.map(({ name }) => name));
  const isFirst = (name: string, index: number): boolean =>
    spec.versions.findIndex((version) => version.name === name) === index;
  return [
    ...spec.versions
      .filter(({ name, storage }, index) => storage && !(stored.includes(name) && isFirst(name, index)))
      .map(({ name }) => invalidValue(path, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((version, index) =>
      served.has(version)
        ? []
        : [
            invalidValue(
              `${path}[${index}]`,
              version,
              `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
            ),
          ],
    ),
  ];
}

const APPROVED = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** Groups of the Kubernetes community need its approval. */
function approvalErrors(crd: Crd): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(crd.spec.group)) return [];
  const state = approvalOf(crd);
  const field = `metadata.annotations[${APPROVED}]`;
  const needed = `protected groups must have approval annotation ${JSON.stringify(APPROVED)}`;
  if (state === 'missing') return [required(field, `${needed}, ${SEE}`)];
  const rule = `${needed} with either a URL or a reason starting with "unapproved", ${SEE}`;
  return state === 'invalid' ? [invalidValue(field, crd.metadata.annotations?.[APPROVED] ?? '', rule)] : [];
}

function approvalOf({ metadata }: Crd): 'missing' | 'bypassed' | 'approved' | 'invalid' {
  const text = metadata.annotations?.[APPROVED] ?? '';
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return URL.canParse(text) && new URL(text).host !== '' ? 'approved' : 'invalid';
}

const preserveErrors = ({ preserveUnknownFields }: CrdSpec): FieldError[] =>
  preserveUnknownFields === true
    ? [
        invalidValue(
          'spec.preserveUnknownFields',
          true,
          'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
        ),
      ]
    : [];
