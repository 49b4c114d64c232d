import type {
  AgentRun,
  Condition,
  ErrorCode,
  JsonObject,
  Kind,
  KubeObject,
  Lifecycle,
  SidecarSpec,
  SympoziumInstance,
  ToolCall,
  Usage,
} from '@sympozium/api';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Version of this contract; a plugin built for another major version is refused at start. */
export const CONTRACT = '1.0.0';

/** The brand that crosses package borders, where `instanceof` cannot. */
export const MODE_TYPE = 'sympozium.ai/mode';

/** A kind that `plan` may return. */
export interface OwnedKind {
  readonly kind: Kind;
  /** Its API may be absent from the cluster (HTTPRoute). */
  readonly optional?: boolean;
  /**
   * What an object of the kind claims for itself, whoever made it: host names of an HTTPRoute. Planners then see every
   * object of the kind in the watched namespaces as `surveyed`, and are asked again when a claim of theirs is contested.
   */
  readonly claims?: (object: KubeObject) => readonly string[];
}

/**
 * A mode plugin either is a mode or extends one. It answers two questions with plain data;
 * the host does everything that touches the cluster.
 */
export interface ModePlugin<P = unknown, C = unknown> {
  readonly $type: typeof MODE_TYPE;
  readonly contract: string;
  /** The value of `AgentRun.spec.mode` it serves, or its own name when it extends a mode. */
  readonly name: string;
  /** A mode's name: then plan() adds children and observe() adds conditions only; the base decides the state. */
  readonly extends?: string;
  /** Which way through the phases its runs take. */
  readonly lifecycle: Lifecycle;
  /** Kinds that plan() may return: they drive informers, pruning, RBAC and a check. */
  readonly owns: readonly OwnedKind[];
  /** Kinds that are only read, e.g. Pod. */
  readonly watches?: readonly Kind[];
  /** Schema of `AgentRun.spec.params`. */
  readonly params: StandardSchemaV1<unknown, P>;
  /** Schema of the plugin's own configuration. */
  readonly config: StandardSchemaV1<unknown, C>;
  create(config: C): ModePlanner<P>;
}

/** Both functions are synchronous and total: no clock, no client, no logger, the same answer for the same view. */
export interface ModePlanner<P = unknown> {
  /** What should exist. */
  plan(view: RunView<P>): readonly Desired[];
  /** What is the case. */
  observe(view: ObservedView<P>): Observation;
}

/** A run and what exists for it, as the caches hold it. */
export interface ObservedView<P = unknown> {
  /** As the cache holds it; `status.children` also names what the host made or saw since the status was written. */
  readonly run: AgentRun;
  readonly params: P;
  /** Objects of owned kinds that belong to this run (by its uid). */
  readonly children: ObjectIndex;
  /** Objects of watched kinds that belong to this run (by its uid). */
  readonly related: ObjectIndex;
  /** All objects of the kinds that are owned with `claims`: what others hold that a run may be in conflict with. */
  readonly surveyed: ObjectIndex;
  /** Whether the cluster serves the kind's API. */
  available(kind: Kind): boolean;
  /** Absent when the instance does not exist: a run that started goes on without it. */
  readonly instance?: SympoziumInstance;
  /** Absent when one of them, or the instance, does not exist. */
  readonly skills?: readonly ResolvedSkill[];
}

/** What a plan is made from: the observed view, and the instance and skills, which then exist. */
export interface RunView<P = unknown> extends ObservedView<P> {
  readonly instance: SympoziumInstance;
  readonly skills: readonly ResolvedSkill[];
}

/** A skill of the run or its instance, found and with checked parameters. */
export interface ResolvedSkill {
  /** The SkillPack's name. */
  readonly pack: string;
  /** Whose spec.skills names it; one that both name is the run's. */
  readonly from: 'run' | 'instance';
  readonly params: JsonObject;
  readonly documents: readonly { readonly name: string; readonly description: string; readonly content: string }[];
  /** The container that comes with the pack. */
  readonly sidecar?: SidecarSpec;
}

/** Typed access to a view's objects: `children.of(JOB)` is a list of Jobs. */
export interface ObjectIndex {
  of<T extends KubeObject>(kind: Kind<T>): readonly T[];
}

/** Order in which children are made; torn down as workload, service, route, credential. */
export type Stage = 'credential' | 'workload' | 'service' | 'route';

interface DesiredBase {
  /**
   * Named `childName(run)` or `childName(run, part)`; without namespace, owner reference and status.
   * The host adds namespace, owner and the labels of the run.
   */
  readonly object: KubeObject;
  readonly stage: Stage;
}

/** Server-side apply whenever it differs: for what may change (Deployment, Service, HTTPRoute). */
export interface DesiredApplied extends DesiredBase {
  readonly onDrift: 'apply';
}

/** One POST, then left alone but for the listed JSON pointers, which are patched (a Job's `/spec/suspend`). */
export interface DesiredKept extends DesiredBase {
  readonly onDrift: 'keep';
  readonly mutable?: readonly string[];
}

/** Made once and then left alone: what others put into it stays. */
export interface DesiredOnce extends DesiredBase {
  readonly onDrift: 'create-once';
  readonly generate?: GeneratedValue;
}

/**
 * A secret value that the host makes, so that planners stay deterministic: `prefix` and random bytes in base64url, as
 * entry `field` of the Secret. It stays as long as it is there and begins with `prefix`; another `epoch` than the one
 * it was made for, unless it is empty, replaces it, and the old value stays valid for a day as JSON `{key, expires}` in
 * `<field>-previous`.
 */
export interface GeneratedValue {
  readonly field: string;
  readonly prefix: string;
  readonly bytes: number;
  readonly epoch: string;
}

export type Desired = DesiredApplied | DesiredKept | DesiredOnce;

/** The answer of a run that ended well. */
export interface ObservedResult {
  readonly finishReason: string;
  readonly toolCalls?: readonly ToolCall[];
  /** The answer itself, or where the host can read it: it must match in length and digest, else `ResultLost`. */
  readonly content:
    | { readonly from: 'inline'; readonly text: string }
    | {
        readonly from: 'pod-log';
        readonly pod: string;
        readonly container: string;
        /** Pod uid: only frames of this attempt count. */
        readonly attempt: string;
        /** Length in bytes of the UTF-8 text. */
        readonly bytes: number;
        readonly sha256: string;
        /** How many tool calls stand in the log's result frame, where `toolCalls` had no room for them. */
        readonly toolCalls?: number;
      };
}

/** What every state may say beside itself. */
interface ObservationBase {
  readonly conditions?: readonly Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>[];
  /** Of a plugin that extends a mode: the public host name that leads to a server, once it does. */
  readonly hostname?: string;
  /** Ask again after so many milliseconds, whatever happens. */
  readonly recheckAfterMs?: number;
}

/** Facts of a task's Pod that go into status. Times are RFC 3339. */
export interface ObservedWork {
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly attempts?: number;
  readonly exitCode?: number;
  readonly usage?: Usage;
}

/** Where a server is called. */
export interface ObservedEndpoint {
  /** Address within the cluster. */
  readonly url: string;
  /** The public host name, while something leads from it. */
  readonly hostname?: string;
  /** The Secret with its API keys. */
  readonly apiKeySecretName?: string;
}

export type Observation = ObservationBase &
  (
    | { readonly state: 'pending'; readonly reason?: ErrorCode; readonly message?: string }
    | ({ readonly state: 'running' } & ObservedWork)
    | { readonly state: 'serving'; readonly endpoint: ObservedEndpoint }
    | ({ readonly state: 'succeeded'; readonly result: ObservedResult } & ObservedWork)
    | ({
        readonly state: 'failed';
        readonly reason: ErrorCode;
        readonly message: string;
        /**
         * The verdict rests on something not being seen. A cache may be behind and a verdict is final, so the host
         * reads children and related objects from the API server and observes once more before it writes this one.
         */
        readonly fromAbsence?: true;
      } & ObservedWork)
  );

/** Stamps a mode plugin with its brand and the contract it was built for. */
export function defineMode<P, C>(plugin: Omit<ModePlugin<P, C>, '$type' | 'contract'>): ModePlugin<P, C> {
  return { $type: MODE_TYPE, contract: CONTRACT, ...plugin };
}
