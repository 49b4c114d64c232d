import type { OwnPods } from '../shared/own-pods.js';
import { controllerReference } from '../shared/pod-from-template.js';
import { inOrderOfRemoval } from '../shared/removal-order.js';
import { isReady, type Container, type Pod, type PodTemplate } from '../shared/pod.js';
import { remainingMs } from './backoff.js';
import { indexOf } from './indexes.js';
import { COMPLETION_INDEX, isIndexed, isSuspended, JOB, TRACKING, type Job } from './job.js';
import type { JobView } from './job-view.js';

/** So many Pods are created or deleted at a time. */
const BATCH = 500;

export interface PodChanges {
  /** Pods that are active afterwards. */
  active: number;
  ready: number;
  terminating: number;
  /** When a Pod may be created that has to wait. */
  recheckAfterMs?: number;
  /** What a call failed with; the status is written nevertheless. */
  error?: unknown;
}

export interface PodWork {
  readonly key: string;
  readonly ownPods: OwnPods;
  /** Lets a Pod go that shall not be counted. */
  readonly release: (pod: Pod) => Promise<void>;
}

/** Brings the number of active Pods to what the Job wishes, and changes `counts` accordingly. */
export async function managePods(view: JobView, counts: PodChanges, work: PodWork): Promise<void> {
  const wanted = wantedActive(view);
  const surplus = surplusPods(view, wanted).slice(0, BATCH);
  if (surplus.length > 0) return deletePods(view.job, surplus, counts, work);
  const missing = missingPods(view, wanted, counts);
  if (missing <= 0) return;
  const pauseMs = remainingMs(view.record, view.now);
  if (pauseMs > 0) counts.recheckAfterMs = pauseMs;
  else await createPods(view, Math.min(missing, BATCH), counts, work);
}

/** Deletes Pods; unless they are `counted`, they count neither as failed nor as succeeded. */
export async function deletePods(
  job: Job,
  pods: readonly Pod[],
  counts: PodChanges,
  { key, ownPods, release, counted = false }: PodWork & { counted?: boolean },
): Promise<void> {
  const removed = async (pod: Pod): Promise<void> => {
    if (!counted) await release(pod);
    await ownPods.delete(key, job, pod);
    counts.active -= 1;
    counts.terminating += 1;
    if (isReady(pod)) counts.ready -= 1;
  };
  await allOf(pods.map(removed), counts);
}

function wantedActive({ job, active, succeeded }: JobView): number {
  const { parallelism = 1, completions } = job.spec;
  if (isSuspended(job)) return 0;
  if (completions !== undefined) return Math.max(0, Math.min(parallelism, completions - succeeded));
  return succeeded > 0 ? active.length : parallelism;
}

/** Pods beyond the wanted number, and of an Indexed Job those whose index is unknown or taken. */
function surplusPods({ job, active, completions }: JobView, wanted: number): Pod[] {
  const left: Pod[] = [];
  const surplus: Pod[] = [];
  const taken = new Set<number>();
  for (const pod of inOrderOfRemoval(active).reverse()) {
    const index = isIndexed(job) ? indexOf(pod, completions) : undefined;
    if (isIndexed(job) && (index === undefined || taken.has(index))) surplus.push(pod);
    else left.unshift(pod);
    if (index !== undefined) taken.add(index);
  }
  const more = active.length - wanted - surplus.length;
  return more > 0 ? [...surplus, ...left.slice(0, more)] : surplus;
}

function missingPods({ job, active }: JobView, wanted: number, { terminating }: PodChanges): number {
  if (isSuspended(job)) return 0;
  const onlyFailed = job.spec.podReplacementPolicy === 'Failed';
  return wanted - active.length - (onlyFailed ? terminating : 0);
}

async function createPods(view: JobView, missing: number, counts: PodChanges, work: PodWork): Promise<void> {
  const { job } = view;
  const reference = controllerReference(JOB, job);
  const indexes = isIndexed(job) ? pendingIndexes(view, missing) : Array.from({ length: missing }, () => undefined);
  const create = async (index: number | undefined): Promise<void> => {
    const template = index === undefined ? tracked(job.spec.template) : indexed(job, index);
    await work.ownPods.create(work.key, job, reference, template);
    counts.active += 1;
  };
  // Twice as many each time, and no more after a failure: what fails once will mostly fail for all.
  for (let from = 0, size = 1; from < indexes.length && counts.error === undefined; from += size, size *= 2)
    await allOf(indexes.slice(from, from + size).map(create), counts);
}

function pendingIndexes({ active, completions, succeededIndexes }: JobView, count: number): number[] {
  const taken = new Set(active.map((pod) => indexOf(pod, completions)));
  const pending: number[] = [];
  for (let index = 0; index < completions && pending.length < count; index += 1)
    if (!taken.has(index) && !succeededIndexes.has(index)) pending.push(index);
  return pending;
}

const tracked = ({ metadata = {}, spec }: PodTemplate): PodTemplate => ({
  metadata: { ...metadata, finalizers: [...new Set([...(metadata.finalizers ?? []), TRACKING])] },
  spec,
});

function indexed(job: Job, index: number): PodTemplate {
  const { metadata = {}, spec } = tracked(job.spec.template);
  const mark = { [COMPLETION_INDEX]: String(index) };
  const { initContainers } = spec;
  return {
    metadata: {
      ...metadata,
      generateName: indexedName(job.metadata.name, index),
      labels: { ...metadata.labels, ...mark },
      annotations: { ...metadata.annotations, ...mark },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(initContainers ? { initContainers: initContainers.map(withIndexVariable) } : {}),
    },
  };
}

/** The server keeps 58 characters of a generated name; the index shall be among them. */
function indexedName(name: string, index: number): string {
  const suffix = `-${index}-`;
  return `${name.slice(0, 58 - suffix.length)}${suffix}`;
}

function withIndexVariable(container: Container): Container {
  const name = 'JOB_COMPLETION_INDEX';
  const { env = [] } = container;
  if (env.some((variable) => variable.name === name)) return container;
  const valueFrom = { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } };
  return { ...container, env: [...env, { name, valueFrom }] };
}

async function allOf(running: readonly Promise<void>[], counts: PodChanges): Promise<void> {
  for (const result of await Promise.allSettled(running))
    if (result.status === 'rejected') counts.error = result.reason as unknown;
}
