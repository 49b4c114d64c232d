import { FakeClock, seededRandom } from '@sympozium/process/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ApiError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { builtinResources } from '../../builtin/index.js';
import { resourcesOfCrd } from '../../crd/index.js';
import type { Resource } from '../../resources/resource.js';
import { createMemoryStore, type RevisionStore } from '../../storage/index.js';
import { createObjectApi } from '../create-object-api.js';
import type {
  Admission,
  AdmissionRequest,
  ApiWatchEvent,
  ObjectApi,
  WatchParameters,
  WriteParameters,
} from '../object-api.js';

const CRDS = new URL('../../../../../charts/sympozium-crds/templates/', import.meta.url);

const builtin = builtinResources();
const custom = readdirSync(CRDS).flatMap((file) =>
  resourcesOfCrd(parse(readFileSync(new URL(file, CRDS), 'utf8')) as ApiObject),
);

/** A kind that Kubernetes brings along, or one of ours. */
export function resourceOf(kind: string): Resource {
  const found = [...builtin, ...custom].find((resource) => resource.kind === kind);
  if (!found) throw new Error(`no kind is called ${kind}`);
  return found;
}

export interface TestObjects {
  readonly api: ObjectApi;
  readonly store: RevisionStore;
  readonly clock: FakeClock;
  readonly warnings: string[];
  readonly admitted: AdmissionRequest[];
  readonly judged: AdmissionRequest[];
  /** Of a writer called `tester`. */
  writing(more?: Partial<WriteParameters>): WriteParameters;
  create(object: ApiObject, more?: Partial<WriteParameters>): Promise<ApiObject>;
  /** What a watch of the kind's objects in `default` is told, from a version on. */
  watch(kind: string, parameters?: WatchParameters): ApiWatchEvent[];
}

/** The API on a store of its own in memory, with an admission that lets all through; the clock stands at 2026-01-01. */
export function setUp(): TestObjects {
  const store = createMemoryStore();
  const clock = new FakeClock();
  const warnings: string[] = [];
  const admitted: AdmissionRequest[] = [];
  const judged: AdmissionRequest[] = [];
  const admission: Admission = {
    admit: (request) => void admitted.push(request),
    judge: (request) => void judged.push(request),
  };
  const api = createObjectApi({ store, admission, clock, random: seededRandom(1) });
  const writing = (more: Partial<WriteParameters> = {}): WriteParameters => ({
    user: { name: 'tester', groups: [] },
    fieldManager: 'tester',
    dryRun: false,
    fieldValidation: 'Warn',
    warn: (text) => void warnings.push(text),
    ...more,
  });
  return {
    api,
    store,
    clock,
    warnings,
    admitted,
    judged,
    writing,
    create: (object, more) => api.create(resourceOf(object.kind), 'default', object, writing(more)),
    watch: (kind, parameters = { resourceVersion: '1' }) => {
      const events: ApiWatchEvent[] = [];
      api.watch(resourceOf(kind), { namespace: 'default', ...parameters }, (event) => void events.push(event));
      return events;
    },
  };
}

export const inDefault = (name: string): { namespace: string; name: string } => ({ namespace: 'default', name });

export const configMap = (name: string, data: object = {}, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

export const run = (name: string, spec: object = {}): ApiObject => ({
  apiVersion: 'sympozium.ai/v1alpha1',
  kind: 'AgentRun',
  metadata: { name },
  spec: { instanceRef: { name: 'demo' }, task: 'Say hello', ...spec },
});

export const pod = (name: string, spec: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'example/app:1' }], ...spec },
});

/** `409 Conflict: …`, as a client would see it. */
export async function refusal(attempt: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof attempt === 'function' ? attempt() : attempt);
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.reason}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

/** Managers of an object with what they own, e.g. `one Apply: {"f:data":{"f:k":{}}}`. */
export const ownersOf = ({ metadata }: ApiObject): string[] =>
  (
    (metadata.managedFields ?? []) as { manager: string; operation: string; subresource?: string; fieldsV1: object }[]
  ).map(
    ({ manager, operation, subresource = '', fieldsV1 }) =>
      `${[manager, operation, subresource].join(' ').trim()}: ${JSON.stringify(fieldsV1)}`,
  );
