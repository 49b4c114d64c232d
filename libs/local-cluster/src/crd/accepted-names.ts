import { sameJson } from '../schema/json.js';
import { conditionOf } from './conditions.js';
import type { Crd, CrdCondition, CrdNames } from './crd.js';

type Names = Partial<CrdNames>;

/** What the naming of a CRD comes to. */
export interface Naming {
  readonly acceptedNames: Names;
  /** NamesAccepted, then Established. */
  readonly conditions: readonly CrdCondition[];
}

/** Names that others of the group took first are not accepted; undefined: nothing changes. */
export function namingOf(crd: Crd, others: readonly Crd[]): Naming | undefined {
  const accepted = crd.status?.acceptedNames ?? {};
  if (sameJson(crd.spec.names, accepted)) return undefined;
  const { acceptedNames, condition } = acceptNames(crd.spec.names, accepted, others);
  if (sameJson(accepted, acceptedNames) && isEquivalent(condition, conditionOf(crd, 'NamesAccepted'))) return undefined;
  return { acceptedNames, conditions: [condition, establishedOf(crd, condition.status === 'True')] };
}

const isEquivalent = (a: CrdCondition, b: CrdCondition | undefined): boolean =>
  a.status === b?.status && a.reason === b.reason && a.message === b.message;

function establishedOf(crd: Crd, namesAccepted: boolean): CrdCondition {
  const old = conditionOf(crd, 'Established');
  if (namesAccepted && old?.status !== 'True')
    return {
      type: 'Established',
      status: 'False',
      reason: 'Installing',
      message: 'the initial names have been accepted',
    };
  return old ?? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

function acceptNames(
  asked: CrdNames,
  accepted: Names,
  others: readonly Crd[],
): { acceptedNames: Names; condition: CrdCondition } {
  const taken = takenNames(others);
  const acceptedNames: Names = { ...accepted };
  let condition: CrdCondition = {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  };
  const conflict = (reason: string, names: readonly string[]): void => {
    condition = { type: 'NamesAccepted', status: 'False', reason: `${reason}Conflict`, message: inUse(names) };
  };
  const accept = (
    field: 'plural' | 'singular' | 'kind' | 'listKind',
    used: ReadonlySet<string>,
    reason: string,
  ): void => {
    const name = asked[field] ?? '';
    if (name !== (accepted[field] ?? '') && used.has(name)) conflict(reason, [name]);
    else acceptedNames[field] = name;
  };
  accept('plural', taken.resources, 'Plural');
  accept('singular', taken.resources, 'Singular');
  const shortNames = conflictingShortNames(asked, accepted, taken.resources);
  if (shortNames.length > 0) conflict('ShortNames', shortNames);
  else assign(acceptedNames, 'shortNames', asked.shortNames);
  accept('kind', taken.kinds, 'Kind');
  accept('listKind', taken.kinds, 'ListKind');
  assign(acceptedNames, 'categories', asked.categories);
  return { acceptedNames, condition };
}

function assign(names: Names, field: 'shortNames' | 'categories', value: string[] | undefined): void {
  if (value) names[field] = value;
  else delete names[field];
}

const conflictingShortNames = (asked: CrdNames, accepted: Names, taken: ReadonlySet<string>): string[] =>
  (asked.shortNames ?? []).filter((name) => !accepted.shortNames?.includes(name) && taken.has(name));

/** As Go shows one error, or several. */
function inUse(names: readonly string[]): string {
  const texts = [...new Set(names)].map((name) => `${JSON.stringify(name)} is already in use`);
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

function takenNames(crds: readonly Crd[]): { resources: ReadonlySet<string>; kinds: ReadonlySet<string> } {
  const names = crds.map(({ status }) => status?.acceptedNames ?? {});
  return {
    resources: new Set(
      names.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames].filter(isGiven)),
    ),
    kinds: new Set(names.flatMap(({ kind, listKind }) => [kind, listKind].filter(isGiven))),
  };
}

const isGiven = (name: string | undefined): name is string => name !== undefined && name !== '';
