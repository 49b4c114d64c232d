import { helmPath } from '@sympozium/get-helm';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ChartName } from '../generated-files.js';

/** Helm is quick, but on a busy machine not always. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** Of the workspace. */
export const root = resolve(import.meta.dirname, '../../../..');

export type Values = Readonly<Record<string, unknown>>;
export type Labels = Readonly<Record<string, string>>;

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { name: string; value?: string }[];
  readonly resources: { requests?: object; limits?: object };
  readonly securityContext: object;
  readonly volumeMounts?: readonly { name: string; mountPath: string; readOnly?: boolean }[];
  readonly [probe: `${string}Probe`]: object;
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { name: string }[];
  readonly [field: string]: unknown;
}

/** An object of a chart. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly rules?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly data?: Labels;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A Pod of a chart, or the template of some. */
export interface RenderedPod {
  /** Kind and name of the object it stands in. */
  readonly of: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** Helm's output. Rejects with what it wrote when it fails. */
export async function helm(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(await helmPath(), args, { cwd: root });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** What `helm template` prints of a release. */
export const template = (chart: ChartName, values: Values, release = 'demo', namespace = 'sys'): Promise<string> =>
  helm(['template', release, `charts/${chart}`, `--namespace=${namespace}`, '--values=-'], JSON.stringify(values));

/** Its objects, hooks among them. */
export const render = async (chart: ChartName, values: Values, ...release: [name?: string, namespace?: string]) =>
  parseAllDocuments(await template(chart, values, ...release)).flatMap(
    (document) => (document.toJS() as Rendered | null) ?? [],
  );

/** The one object of a kind, and with that name if several are. */
export function one(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0];
}

/** Every Pod that the objects make, now or later. */
export function podsOf(objects: readonly Rendered[]): RenderedPod[] {
  return objects.flatMap(({ kind, metadata, spec = {} }) => {
    const of = `${kind} ${metadata.name}`;
    const asPod = ({ labels = {}, annotations = {} }: Metadata, pod: PodSpec) => [
      { of, labels, annotations, spec: pod },
    ];
    if (kind === 'Pod') return asPod(metadata, spec as PodSpec);
    const { template: pod } = spec as { template?: { metadata: Metadata; spec: PodSpec } };
    return pod ? asPod(pod.metadata, pod.spec) : [];
  });
}

/** The Pod of an object. */
export function podOf(objects: readonly Rendered[], kind: string): RenderedPod {
  const [pod] = podsOf([one(objects, kind)]);
  if (!pod) throw new Error(`the ${kind} makes no Pods`);
  return pod;
}

/** All containers of a Pod. */
export const containersOf = ({ spec }: RenderedPod): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];
