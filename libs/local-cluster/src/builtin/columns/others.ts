import { cellsFor, isTrue, NAME_AND_AGE, NAME_AND_CREATION } from './cell.js';

const sizeOf = (map: object | undefined): number => Object.keys(map ?? {}).length;

export const CONFIG_MAP = cellsFor<{ readonly data?: object; readonly binaryData?: object }>({
  ...NAME_AND_AGE,
  Data: ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData),
});

export const SECRET = cellsFor<{ readonly type?: string; readonly data?: object }>({
  ...NAME_AND_AGE,
  Type: ({ type = '' }) => type,
  Data: ({ data }) => sizeOf(data),
});

export const NAMESPACE = cellsFor<{ readonly status: { readonly phase?: string } }>({
  ...NAME_AND_AGE,
  Status: ({ status }) => status.phase ?? '',
});

export const LEASE = cellsFor<{ readonly spec: { readonly holderIdentity?: string } }>({
  ...NAME_AND_AGE,
  Holder: ({ spec }) => spec.holderIdentity ?? '',
});

interface PodDisruptionBudget {
  readonly spec: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string };
  readonly status: { readonly disruptionsAllowed?: number };
}

export const POD_DISRUPTION_BUDGET = cellsFor<PodDisruptionBudget>({
  ...NAME_AND_AGE,
  'Min Available': ({ spec }) => String(spec.minAvailable ?? 'N/A'),
  'Max Unavailable': ({ spec }) => String(spec.maxUnavailable ?? 'N/A'),
  'Allowed Disruptions': ({ status }) => status.disruptionsAllowed ?? 0,
});

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

/** RoleBinding and ClusterRoleBinding. */
export const BINDING = cellsFor<Binding>({
  ...NAME_AND_AGE,
  Role: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
  Users: (binding) => subjectsOf(binding, 'User'),
  Groups: (binding) => subjectsOf(binding, 'Group'),
  ServiceAccounts: (binding) => subjectsOf(binding, 'ServiceAccount'),
});

const subjectsOf = ({ subjects = [] }: Binding, wanted: string): string =>
  subjects
    .filter(({ kind }) => kind === wanted)
    .map(({ kind, name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ');

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly shortNames?: readonly string[] };
    readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
  };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export const CUSTOM_RESOURCE_DEFINITION = cellsFor<CustomResourceDefinition>({
  ...NAME_AND_CREATION,
  Scope: ({ spec }) => spec.scope,
  Versions: ({ spec }) =>
    spec.versions
      .filter(({ served }) => served)
      .map(({ name, storage }) => (storage ? `${name}(storage)` : name))
      .sort()
      .join(','),
  Group: ({ spec }) => spec.group,
  Kind: ({ spec }) => spec.names.kind,
  ShortNames: ({ spec }) => (spec.names.shortNames ?? []).join(','),
  Established: ({ status }) => isTrue(status.conditions, 'Established'),
});
