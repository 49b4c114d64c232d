import {
  agentRunSpec,
  API_VERSION,
  instanceSpec,
  kindKey,
  type AgentRun,
  type AgentRunSpecInput,
  type AgentRunStatus,
  type Kind,
  type KubeObject,
  type ObjectMeta,
  type SympoziumInstance,
} from '@sympozium/api';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ObjectIndex, ResolvedSkill, RunView } from '../contract.js';
import { deepFreeze } from '../deep-freeze.js';

/** What a test says of a run; names, uid, defaults and status are filled in as an API server would. */
export interface RunParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<AgentRunSpecInput>;
  readonly status?: Partial<AgentRunStatus>;
}

/** What a test says of an instance. */
export interface InstanceParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<StandardSchemaV1.InferInput<typeof instanceSpec>>;
}

/** What a test says of a view; the rest is empty. */
export interface ViewParts<P> {
  readonly run?: RunParts;
  readonly instance?: InstanceParts;
  readonly params?: P;
  readonly skills?: readonly ResolvedSkill[];
  readonly children?: readonly KubeObject[];
  readonly related?: readonly KubeObject[];
  readonly surveyed?: readonly KubeObject[];
  /** Kinds whose API the cluster lacks. */
  readonly missing?: readonly Kind[];
}

/** A run named `hello` with defaults filled in by the schema, as the API server does. */
export const agentRun = ({ metadata, spec, status }: RunParts = {}): AgentRun => ({
  apiVersion: API_VERSION,
  kind: 'AgentRun',
  metadata: {
    name: 'hello',
    namespace: 'default',
    uid: '11111111-2222-4333-8444-555555555555',
    generation: 1,
    creationTimestamp: '2026-01-02T03:04:05Z',
    ...metadata,
  },
  spec: agentRunSpec.parse({
    instanceRef: { name: 'demo' },
    ...(spec?.messages ? {} : { task: 'Say hello' }),
    ...spec,
  }),
  status: { phase: 'Pending', ...status },
});

/** An instance named `demo` that echoes. */
export const sympoziumInstance = ({ metadata, spec }: InstanceParts = {}): SympoziumInstance => ({
  apiVersion: API_VERSION,
  kind: 'SympoziumInstance',
  metadata: {
    name: 'demo',
    namespace: 'default',
    uid: '99999999-2222-4333-8444-555555555555',
    ...metadata,
  },
  spec: instanceSpec.parse({ model: { provider: 'echo', name: 'echo' }, ...spec }),
});

/** A view as a host would hand it to `plan` and `observe`. */
export function runView<P = Record<string, unknown>>(parts: ViewParts<P> = {}): RunView<P> {
  const missing = new Set((parts.missing ?? []).map(kindKey));
  return {
    run: agentRun(parts.run),
    instance: sympoziumInstance(parts.instance),
    params: parts.params ?? ({} as P),
    skills: parts.skills ?? [],
    children: objectIndex(parts.children ?? []),
    related: objectIndex(parts.related ?? []),
    surveyed: objectIndex(parts.surveyed ?? []),
    available: (kind) => !missing.has(kindKey(kind)),
  };
}

/** Objects by kind. */
export const objectIndex = (objects: readonly KubeObject[]): ObjectIndex => ({
  of: <T extends KubeObject>(kind: Kind<T>) =>
    objects.filter((object): object is T => kindKey(object) === kindKey(kind)),
});

/** The same view, from which nothing can be changed: what a plan writes into throws. */
export function frozenView<P>(view: RunView<P>): RunView<P> {
  const index = (objects: ObjectIndex): ObjectIndex => ({
    of: (kind) => deepFreeze(structuredClone(objects.of(kind))),
  });
  return Object.freeze({
    ...view,
    run: deepFreeze(structuredClone(view.run)),
    instance: deepFreeze(structuredClone(view.instance)),
    params: deepFreeze(structuredClone(view.params)),
    skills: deepFreeze(structuredClone(view.skills)),
    children: index(view.children),
    related: index(view.related),
    surveyed: index(view.surveyed),
  });
}
