import {
  CONDITION,
  CONDITIONS,
  isRunReason,
  type ConditionRow,
  type ConditionType,
  type KubeObject,
  type Lifecycle,
  type OrdinaryReason,
} from '@sympozium/api';
import type { Observation, ObjectIndex, ObservedView, RunView } from '../contract.js';
import { elsewhen } from './elsewhen.js';
import { foreignPaths } from '../foreign-paths.js';
import { frozenView } from './run-view.js';
import { inEveryView, plannerOf, type Subject } from './subject.js';

/** Every view has an answer, also while caches know less than they will. */
export const total = <P>(subject: Subject<P>): readonly string[] =>
  inEveryView(subject, (view) => {
    const { plan, observe } = plannerOf(subject);
    for (const less of poorer(view)) plan(less);
    return [...poorer(view), withoutInstance(view)].flatMap((less) =>
      typeof observe(less).state === 'string' ? [] : ['observe says no state'],
    );
  });

/** The same view as a younger cache shows it: objects without status, without children, without anything. */
function poorer<P>(view: RunView<P>): readonly RunView<P>[] {
  const none: ObjectIndex = { of: () => [] };
  return [
    view,
    { ...view, children: mapped(view.children, withoutStatus), related: mapped(view.related, withoutStatus) },
    { ...view, children: none },
    { ...view, related: none },
    { ...view, children: none, related: none },
    { ...view, run: { ...view.run, spec: { ...view.run.spec, cancel: true } } },
  ];
}

const mapped = (
  index: ObjectIndex,
  change: <T extends KubeObject>(objects: readonly T[]) => readonly T[],
): ObjectIndex => ({
  of: (kind) => change(index.of(kind)),
});

const withoutStatus = <T extends KubeObject>(objects: readonly T[]): readonly T[] =>
  objects.map((object) => {
    const young = { ...object };
    Reflect.deleteProperty(young, 'status');
    return young;
  });

function withoutInstance<P>(view: RunView<P>): ObservedView<P> {
  const { run, params, children, related, surveyed, available } = view;
  return { run, params, children, related, surveyed, available };
}

/** One view, one answer: at any time, from any planner, however often it is asked, in whatever order caches list. */
export const pure = <P>(subject: Subject<P>): readonly string[] =>
  inEveryView(subject, (view) => {
    const frozen = frozenView(view);
    const turned = {
      ...frozen,
      children: mapped(frozen.children, reversed),
      related: mapped(frozen.related, reversed),
    };
    const [planner, other] = [plannerOf(subject), plannerOf(subject)];
    const ask = ({ plan, observe }: typeof planner, of: RunView<P>) => JSON.stringify([plan(of), observe(of)]);
    const first = ask(planner, frozen);
    return [
      ...(ask(planner, frozen) === first ? [] : ['asked twice, it gives two answers']),
      ...(elsewhen(() => ask(other, frozen)) === first ? [] : ['its answer depends on time, chance or state']),
      ...(ask(other, turned) === first ? [] : ['its answer depends on the order of objects']),
    ];
  });

const reversed = <T>(objects: readonly T[]): readonly T[] => [...objects].reverse();

/** Answers are what an API server can be sent. */
export const json = <P>(subject: Subject<P>): readonly string[] =>
  inEveryView(subject, (view) => {
    const { plan, observe } = plannerOf(subject);
    return [...plan(view), observe(view)].flatMap((answer) => foreignPaths(answer).map((path) => `${path} is no JSON`));
  });

const STATES: Readonly<Record<Lifecycle, readonly Observation['state'][]>> = {
  once: ['pending', 'running', 'succeeded', 'failed'],
  serving: ['pending', 'serving', 'failed'],
};

/** States are the lifecycle's, reasons are conditions of the error table, and messages say something. */
export const truthful = <P>(subject: Subject<P>): readonly string[] =>
  inEveryView(subject, (view) => {
    const seen = plannerOf(subject).observe(view);
    const { lifecycle } = subject.plugin;
    const foreign = STATES[lifecycle].includes(seen.state)
      ? []
      : [`observes ${seen.state}, which ${lifecycle} has not`];
    return [...foreign, ...reasonFaults(seen), ...conditionFaults(seen.conditions ?? [])];
  });

function reasonFaults(seen: Observation): readonly string[] {
  if (!('reason' in seen) || seen.reason === undefined) return [];
  return [
    ...(isRunReason(seen.reason) ? [] : [`reason ${seen.reason} is no condition of the error table`]),
    ...(seen.message ? [] : [`reason ${seen.reason} comes without a message`]),
  ];
}

/** The form that the API server asks of a condition's reason. */
const REASON_FORM = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const HOSTS: readonly string[] = [CONDITION.accepted, CONDITION.applied, CONDITION.ready, CONDITION.succeeded];

/** A plugin's conditions are its own, each said once; those of the table with a reason of the tables. */
function conditionFaults(conditions: NonNullable<Observation['conditions']>): readonly string[] {
  const types = conditions.map(({ type }) => type);
  return conditions.flatMap(({ type, status, reason, message }, position) => [
    ...(types.indexOf(type) === position ? [] : [`condition ${type} is said twice`]),
    ...(HOSTS.includes(type) ? [`condition ${type} is the host’s`] : []),
    ...(REASON_FORM.test(reason) ? [] : [`reason ${reason} of ${type} is no word`]),
    ...(isKnown(type, status, reason) ? [] : [`condition ${type} is not ${status} because of ${reason}`]),
    ...(isRunReason(reason) && message === '' ? [`reason ${reason} of ${type} comes without a message`] : []),
  ]);
}

/** Ordinary reasons go with one status, faults with `False`; what another plugin's type says is its own affair. */
function isKnown(type: string, status: string, reason: string): boolean {
  if (!Object.hasOwn(CONDITIONS, type)) return true;
  const { reasons }: ConditionRow = CONDITIONS[type as ConditionType];
  const ordinary = Object.hasOwn(reasons, reason) ? reasons[reason as OrdinaryReason]?.[0] : undefined;
  return ordinary === undefined ? isRunReason(reason) && status === 'False' : ordinary === status;
}
