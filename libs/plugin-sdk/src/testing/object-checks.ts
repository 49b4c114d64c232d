import { childName, kindKey, type KubeObject } from '@sympozium/api';
import type { V1PodSpec } from '@kubernetes/client-node';
import type { Desired, ModePlugin } from '../contract.js';
import { SECRET, type Secret } from '../manifests/kinds.js';
import { SERVICE_ACCOUNT } from '../manifests/server-kinds.js';
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

/** Pods run as nobody, with no rights but those that the same plan gives them. */
export const restricted = <P>(subject: Subject<P>): readonly string[] =>
  planned(subject).flatMap(({ name, desired: { object }, plan }) =>
    podSpecs(object)
      .flatMap((spec) => [...restrictedViolations(spec), ...credential(spec, plan)])
      .map((fault) => `${name}: ${title(object)}: ${fault}`),
  );

/** A token is for nobody, or for a ServiceAccount of the run's own: any other one may have anybody's rights. */
function credential(spec: Wire<V1PodSpec>, plan: readonly Desired[]): readonly string[] {
  const { automountServiceAccountToken: mounts, serviceAccountName: account } = spec;
  const own = plan.some(({ object }) => object.kind === SERVICE_ACCOUNT.kind && object.metadata.name === account);
  return mounts === false || (mounts === true && own) ? [] : ['mounts an API credential that the plan does not make'];
}

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

/** No string of any object holds a secret value: plain, inside JSON, or in base64. What is generated is the host's. */
export const secretless = <P>(subject: Subject<P>): readonly string[] =>
  planned(subject).flatMap(({ name, desired }) => {
    const { object } = desired;
    const texts = strings(object).flatMap((text) => [text, ...decoded(text)]);
    const forms = subject.secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
    const leaked = forms.some((form) => texts.some((text) => text.includes(form)));
    const faults = [...(leaked ? ['holds a secret value'] : []), ...generation(desired)];
    return faults.map((fault) => `${name}: ${title(object)} ${fault}`);
  });

/** A generated value goes into a Secret, where nothing else stands in its place. */
function generation(desired: Desired): readonly string[] {
  if (desired.onDrift !== 'create-once' || !desired.generate) return [];
  if (kindKey(desired.object) !== kindKey(SECRET)) return ['is no Secret, but has a generated value'];
  const { data, stringData } = desired.object as Secret & { readonly stringData?: Readonly<Record<string, string>> };
  const { field } = desired.generate;
  return (data?.[field] ?? stringData?.[field]) ? [`says itself what ${field} is, which is generated`] : [];
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

const BASE64 = /^[A-Za-z0-9+/]{4,}={0,2}$/;

function decoded(text: string): readonly string[] {
  if (!BASE64.test(text) || text.length % 4 !== 0) return [];
  return [new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))];
}

/** Of a run's objects, what no API server changes is as it was first planned. */
export const immutable = <P>(subject: Subject<P>): readonly string[] => [
  ...keptChanges(subject),
  ...fixedChanges(subject),
];

/** Fields of kinds that are applied, which the API server refuses to change. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  'apps/v1/Deployment': ['/spec/selector'],
  'apps/v1/StatefulSet': ['/spec/selector', '/spec/serviceName', '/spec/volumeClaimTemplates'],
  'apps/v1/DaemonSet': ['/spec/selector'],
  'rbac.authorization.k8s.io/v1/RoleBinding': ['/roleRef'],
};

/** Such fields are the same over a run's whole life, whatever becomes of its spec, its instance and its skills. */
function fixedChanges<P>(subject: Subject<P>): readonly string[] {
  const first = new Map<string, string>();
  return planned(subject).flatMap(({ name, view, desired: { object, onDrift } }) =>
    (onDrift === 'apply' ? (FIXED[kindKey(object)] ?? []) : []).flatMap((pointer) => {
      const field = `${view.run.metadata.uid ?? ''} ${kindKey(object)} ${object.metadata.name} ${pointer}`;
      const now = JSON.stringify(at(object, pointer.split('/').slice(1)));
      const before = first.get(field) ?? now;
      first.set(field, before);
      return before === now ? [] : [`${name}: ${title(object)} has another ${pointer} than in an earlier plan`];
    }),
  );
}

const at = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

/** What was planned first stays the plan while only children and status change, but for its mutable paths. */
function keptChanges<P>(subject: Subject<P>): readonly string[] {
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
    const parent = at(copy, path);
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, leaf);
  }
  return copy;
}
