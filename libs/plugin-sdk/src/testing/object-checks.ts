import { childName, kindKey, type KubeObject } from '@sympozium/api';
import type { V1PodSpec } from '@kubernetes/client-node';
import type { ModePlugin } from '../contract.js';
import type { Wire } from '../manifests/wire.js';
import { restrictedViolations } from './pod-security.js';
import { inEveryView, planned, plannerOf, title, type Subject } from './subject.js';

type ObjectCheck = (object: KubeObject, owns: ModePlugin['owns']) => readonly string[];

const each =
  (check: ObjectCheck) =>
  <P>(subject: Subject<P>): readonly string[] =>
    planned(subject).flatMap(({ name, desired: { object } }) =>
      check(object, subject.plugin.owns).map((fault) => `${name}: ${title(object)}: ${fault}`),
    );

export const ownedKind = each((object, owns) =>
  owns.some(({ kind }) => kindKey(kind) === kindKey(object)) ? [] : ['its kind is not in owns'],
);

const HOSTS = ['namespace', 'ownerReferences', 'uid', 'resourceVersion', 'generateName', 'finalizers'] as const;

/** The host's own fields stay unset. */
export const hostsFields = each(({ metadata, ...object }) => [
  ...HOSTS.filter((field) => metadata[field] !== undefined).map((field) => `sets metadata.${field}`),
  ...('status' in object ? ['sets status'] : []),
]);

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Names come from the run's, and none twice: so the same wish is the same object. */
export const names = <P>(subject: Subject<P>): readonly string[] =>
  inEveryView(subject, (view) => {
    const { name: run } = view.run.metadata;
    const objects = plannerOf(subject)
      .plan(view)
      .map(({ object }) => object);
    const keys = objects.map((object) => `${kindKey(object)} ${object.metadata.name}`);
    return [
      ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${key} is planned twice`),
      ...objects.filter(({ metadata }) => !isChildName(metadata.name, run)).map((object) => strange(object, run)),
    ];
  });

const isChildName = (name: string, run: string): boolean =>
  DNS_LABEL.test(name) && (name === childName(run) || name.startsWith(`${run}-`));

const strange = (object: KubeObject, run: string): string => `${title(object)} is not named ${run} or ${run}-…`;

/** Pods run as nobody, with nothing. */
export const restricted = each((object) =>
  podSpecs(object).flatMap((spec) => [
    ...restrictedViolations(spec),
    ...(spec.automountServiceAccountToken === false ? [] : ['mounts an API credential']),
  ]),
);

interface Templated {
  readonly spec?: { readonly template?: Templated; readonly jobTemplate?: Templated };
}

/** Pod specs in a Pod, or in anything with a Pod template. */
function podSpecs(object: KubeObject): readonly Wire<V1PodSpec>[] {
  const { spec } = object as Templated;
  const candidates: readonly unknown[] = [spec, spec?.template?.spec, spec?.jobTemplate?.spec?.template?.spec];
  return candidates.filter(isPodSpec);
}

const isPodSpec = (spec: unknown): spec is Wire<V1PodSpec> =>
  typeof spec === 'object' && spec !== null && 'containers' in spec && Array.isArray(spec.containers);

/** No string of any object holds a secret value: plain, inside JSON, or in base64. */
export const secretless = <P>(subject: Subject<P>): readonly string[] =>
  planned(subject).flatMap(({ name, desired: { object } }) => {
    const texts = strings(object).flatMap((text) => [text, ...decoded(text)]);
    const forms = subject.secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
    const leaked = forms.some((form) => texts.some((text) => text.includes(form)));
    return leaked ? [`${name}: ${title(object)} holds a secret value`] : [];
  });

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

const BASE64 = /^[A-Za-z0-9+/]{4,}={0,2}$/;

function decoded(text: string): readonly string[] {
  if (!BASE64.test(text) || text.length % 4 !== 0) return [];
  return [new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))];
}

/** What was planned first stays the plan while only children and status change, but for its mutable paths. */
export function immutable<P>(subject: Subject<P>): readonly string[] {
  const first = new Map<string, string>();
  return planned(subject).flatMap(({ name, view, desired }) => {
    if (desired.onDrift !== 'keep') return [];
    const { run, instance, skills } = view;
    const spec = without(run.spec, ['/cancel']);
    const wish = JSON.stringify([run.metadata, spec, instance, skills, title(desired.object)]);
    const fixed = JSON.stringify(without(desired.object, desired.mutable ?? []));
    const before = first.get(wish) ?? fixed;
    first.set(wish, before);
    return before === fixed
      ? []
      : [`${name}: ${title(desired.object)} differs from an earlier plan beyond its mutable paths`];
  });
}

function without(object: object, pointers: readonly string[]): unknown {
  const copy: unknown = structuredClone(object);
  for (const pointer of pointers) {
    const path = pointer.split('/').slice(1);
    const leaf = path.pop() ?? '';
    const parent = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], copy);
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, leaf);
  }
  return copy;
}
