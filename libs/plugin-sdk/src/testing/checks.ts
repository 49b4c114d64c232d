import { childName, kindKey, type KubeObject } from '@sympozium/api';
import type { V1PodSpec } from '@kubernetes/client-node';
import { CONTRACT, MODE_TYPE, type Desired, type ModePlugin, type RunView } from '../contract.js';
import type { Wire } from '../manifests/wire.js';
import { restrictedViolations } from './pod-security.js';
import { frozenView } from './run-view.js';

/** One thing the contract promises; `faults` are sentences on how a plugin breaks it. */
export interface Check<P> {
  readonly promise: string;
  faults(subject: Subject<P>): readonly string[];
}

/** A plugin with the configuration and the views it is asked about. */
export interface Subject<P> {
  readonly plugin: ModePlugin<P>;
  readonly config: unknown;
  readonly views: Readonly<Record<string, RunView<P>>>;
  /** Bytes that must be in no object, e.g. the value of a Secret that a view names. */
  readonly secrets: readonly string[];
}

const LABEL_NAME = /^[a-z]([-a-z0-9]{0,30}[a-z0-9])?$/;
const GARBAGE: readonly unknown[] = [null, 7, 'text', true, [1, 2], () => 1, Symbol('s'), Number.NaN];

/** Every promise of the contract that plain data can show. */
export const checks = <P>(): readonly Check<P>[] => [
  { promise: 'is stamped by defineMode and has a valid name', faults: identity },
  { promise: 'owns and watches each kind once', faults: kinds },
  { promise: 'refuses wrong params without throwing', faults: params },
  { promise: 'answers every view', faults: total },
  { promise: 'gives the same answer for the same view, and changes nothing', faults: pure },
  { promise: 'plans only kinds that it owns', faults: each(ownedKind) },
  { promise: 'leaves namespace, owner and status to the host', faults: each(hostsFields) },
  { promise: 'names children after their run, each once', faults: names },
  { promise: 'plans Pods that satisfy Pod Security restricted', faults: each(restricted) },
  { promise: 'writes no secret value into an object', faults: secretless },
  { promise: 'answers with plain JSON', faults: json },
  { promise: 'keeps what cannot change as it was made', faults: immutable },
];

const planner = <P>({ plugin, config }: Subject<P>) => plugin.create(config);

const entries = <P>({ views }: Subject<P>): readonly (readonly [string, RunView<P>])[] => Object.entries(views);

function identity<P>({ plugin }: Subject<P>): readonly string[] {
  return [
    ...(plugin.$type === MODE_TYPE ? [] : ['it was not made by defineMode']),
    ...(plugin.contract.split('.')[0] === CONTRACT.split('.')[0]
      ? []
      : [`contract ${plugin.contract} is not ${CONTRACT}`]),
    ...(LABEL_NAME.test(plugin.name) ? [] : [`name ${JSON.stringify(plugin.name)} is no DNS label of at most 32`]),
    ...(plugin.extends === plugin.name ? ['it extends itself'] : []),
  ];
}

function kinds<P>({ plugin }: Subject<P>): readonly string[] {
  const all = [...plugin.owns.map(({ kind }) => kind), ...(plugin.watches ?? [])].map(kindKey);
  return all.filter((key, at) => all.indexOf(key) !== at).map((key) => `${key} is named twice`);
}

function params<P>({ plugin }: Subject<P>): readonly string[] {
  return GARBAGE.flatMap((value) =>
    attempt(`params ${String(value)}`, () => {
      const result = plugin.params['~standard'].validate(value);
      if (result instanceof Promise) return [`params ${String(value)}: the schema is asynchronous`];
      return result.issues ? [] : [`params ${String(value)} are accepted`];
    }),
  );
}

function total<P>(subject: Subject<P>): readonly string[] {
  return entries(subject).flatMap(([name, view]) =>
    attempt(name, () => {
      const { plan, observe } = planner(subject);
      const { instance: _instance, skills: _skills, ...observed } = view;
      plan(view);
      return [observe(view), observe(observed)].flatMap((answer) =>
        typeof answer.state === 'string' ? [] : [`${name}: observe says no state`],
      );
    }),
  );
}

function pure<P>(subject: Subject<P>): readonly string[] {
  return entries(subject).flatMap(([name, view]) =>
    attempt(name, () => {
      const frozen = frozenView(view);
      const ask = () => {
        const { plan, observe } = planner(subject);
        return JSON.stringify([plan(frozen), observe(frozen)]);
      };
      return ask() === ask() ? [] : [`${name}: two askings, two answers`];
    }),
  );
}

type ObjectCheck = (object: KubeObject, plugin: ModePlugin) => readonly string[];

const each =
  (check: ObjectCheck) =>
  <P>(subject: Subject<P>): readonly string[] =>
    planned(subject).flatMap(([name, { object }]) =>
      check(object, subject.plugin as unknown as ModePlugin).map((fault) => `${name}: ${title(object)}: ${fault}`),
    );

function ownedKind(object: KubeObject, plugin: ModePlugin): readonly string[] {
  return plugin.owns.some(({ kind }) => kindKey(kind) === kindKey(object)) ? [] : ['its kind is not in owns'];
}

function hostsFields({ metadata, ...object }: KubeObject): readonly string[] {
  const fields = ['namespace', 'ownerReferences', 'uid', 'resourceVersion', 'generateName', 'finalizers'] as const;
  return [
    ...fields.filter((field) => metadata[field] !== undefined).map((field) => `sets metadata.${field}`),
    ...('status' in object ? ['sets status'] : []),
  ];
}

function names<P>(subject: Subject<P>): readonly string[] {
  return entries(subject).flatMap(([name, view]) =>
    attempt(name, () => {
      const { name: run } = view.run.metadata;
      const titles = planner(subject)
        .plan(view)
        .map(({ object }) => object);
      const twice = titles.map(title).filter((key, at, all) => all.indexOf(key) !== at);
      const strange = titles.filter(
        ({ metadata }) => metadata.name !== childName(run) && !metadata.name.startsWith(`${run}-`),
      );
      return [
        ...twice.map((key) => `${name}: ${key} is planned twice`),
        ...strange.map((object) => `${name}: ${title(object)} is not named ${run} or ${run}-…`),
      ];
    }),
  );
}

const restricted: ObjectCheck = (object) =>
  podSpecs(object).flatMap((spec) => [
    ...restrictedViolations(spec),
    ...(spec.automountServiceAccountToken === false ? [] : ['mounts an API credential']),
  ]);

/** Pod specs in a Pod, or in anything with a Pod template. */
function podSpecs(object: KubeObject): readonly Wire<V1PodSpec>[] {
  const { spec } = object as {
    spec?: { template?: { spec?: unknown }; jobTemplate?: { spec?: { template?: { spec?: unknown } } } };
  };
  const found = [
    object.kind === 'Pod' ? spec : undefined,
    spec?.template?.spec,
    spec?.jobTemplate?.spec?.template?.spec,
  ];
  return found.filter((candidate) => isPodSpec(candidate));
}

const isPodSpec = (spec: unknown): spec is Wire<V1PodSpec> =>
  typeof spec === 'object' && spec !== null && Array.isArray((spec as { containers?: unknown }).containers);

function secretless<P>(subject: Subject<P>): readonly string[] {
  return planned(subject).flatMap(([name, { object }]) => {
    const text = JSON.stringify(object);
    const leaked = subject.secrets.some((secret) => text.includes(secret) || text.includes(btoa(secret)));
    return leaked ? [`${name}: ${title(object)} holds a secret value`] : [];
  });
}

function json<P>(subject: Subject<P>): readonly string[] {
  return entries(subject).flatMap(([name, view]) =>
    attempt(name, () => {
      const { plan, observe } = planner(subject);
      return [...plan(view), observe(view)].flatMap((answer) =>
        foreignPaths(answer).map((path) => `${name}: ${path} is no JSON`),
      );
    }),
  );
}

function foreignPaths(value: unknown, path = '$'): readonly string[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object') return [path];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => foreignPaths(inner, `${path}.${key}`));
}

/** What was planned first stays the plan while only children and status change. */
function immutable<P>(subject: Subject<P>): readonly string[] {
  const first = new Map<string, string>();
  return planned(subject).flatMap(([name, desired, view]) => {
    if (desired.onDrift !== 'keep') return [];
    const key = JSON.stringify([
      view.run.metadata,
      { ...view.run.spec, cancel: undefined },
      view.instance,
      view.skills,
      title(desired.object),
    ]);
    const fixed = JSON.stringify(without(desired.object, desired.mutable ?? []));
    const before = first.get(key) ?? fixed;
    first.set(key, before);
    return before === fixed
      ? []
      : [`${name}: ${title(desired.object)} differs from an earlier plan beyond its mutable paths`];
  });
}

function without(object: KubeObject, pointers: readonly string[]): unknown {
  const copy: unknown = structuredClone(object);
  for (const pointer of pointers) {
    const path = pointer.split('/').slice(1);
    const leaf = path.pop() ?? '';
    const parent = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], copy);
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, leaf);
  }
  return copy;
}

/** What is planned for all views; a plan that throws is another check's fault. */
const planned = <P>(subject: Subject<P>): readonly (readonly [string, Desired, RunView<P>])[] =>
  entries(subject).flatMap(([name, view]) => {
    try {
      return planner(subject)
        .plan(view)
        .map((desired) => [name, desired, view] as const);
    } catch {
      return [];
    }
  });

const title = (object: KubeObject): string => `${object.kind} ${object.metadata.name}`;

function attempt(name: string, ask: () => readonly string[]): readonly string[] {
  try {
    return ask();
  } catch (error) {
    return [`${name}: throws ${String(error)}`];
  }
}
