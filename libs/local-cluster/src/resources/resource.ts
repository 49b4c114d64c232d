import type { Clock, Random } from '@sympozium/process';
import type { ApiObject } from '../api-object.js';
import type { FieldError } from '../api-error.js';
import type { Schema } from '../schema/schema.js';

/** One kind at one version, with all that the server has to know of it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Verbs of the resource itself, as discovery tells them; others answer 405. */
  readonly verbs: readonly Verb[];
  /** `status` has its own write path; `scale` maps to an autoscaling/v1 Scale. */
  readonly subresources: {
    readonly status?: true;
    readonly scale?: ScalePaths;
    /** Served elsewhere, listed here for discovery: `log`, `binding`, `eviction`, `token`, `finalize`. */
    readonly others?: readonly Subresource[];
  };
  readonly schema: Schema;
  readonly strategy: Strategy;
  readonly columns: readonly Column[];
  /** From a CRD: unknown fields are pruned by its schema, CEL rules hold, no strategic merge (415). */
  readonly custom: boolean;
}

/** A subresource, as discovery lists it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
  /** Of its kind, where that is not of the resource's own group and version. */
  readonly group?: string;
  readonly version?: string;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** Dotted paths into the object, e.g. `.spec.replicas`. */
export interface ScalePaths {
  readonly spec: string;
  readonly status: string;
  readonly labelSelector?: string;
}

/** What is not in a schema: the rules of Kubernetes' registry for a kind. All pure; objects may be changed in place. */
export interface Strategy {
  /** Fills what the server fills in beyond `default`s of the schema, on every write and read path of the body. */
  readonly default?: (object: ApiObject) => void;
  /** Before validation on create: what only the server may set (status, selectors, phases). */
  readonly prepareForCreate?: (object: ApiObject, context: StrategyContext) => void;
  /** Before validation on update of the main resource: what an update may not touch is carried over from `old`. */
  readonly prepareForUpdate?: (object: ApiObject, old: ApiObject, context: StrategyContext) => void;
  /** Rules that need the whole object; the schema's own (required, enum, type) were checked before. */
  readonly validate?: (object: ApiObject) => FieldError[];
  /** Rules of a new object alone. */
  readonly validateCreate?: (object: ApiObject) => FieldError[];
  readonly validateUpdate?: (object: ApiObject, old: ApiObject) => FieldError[];
  /** true: what is wrong with a change is told before what is wrong with the object. */
  readonly changesFirst?: true;
  readonly validateStatusUpdate?: (object: ApiObject, old: ApiObject) => FieldError[];
  /** Values of field selectors beside metadata.name and metadata.namespace, e.g. `spec.nodeName`. */
  readonly selectableFields?: (object: ApiObject) => Readonly<Record<string, string>>;
  /** Seconds a deletion waits for whoever runs the object; absent: it is deleted at once. */
  readonly gracePeriodSeconds?: (object: ApiObject, requested: number | undefined) => number;
  /** What a delete without a policy does to dependents; default `Background`. Unsupported: there are none, ever. */
  readonly defaultPropagation?: 'Background' | 'Orphan' | 'Unsupported';
  /** true: a delete that takes effect at once answers with the object, not with a Status (Pod, Service, …). */
  readonly returnsDeletedObject?: boolean;
  /**
   * Instead of what deletion does else: the object stays, marked by this (deletionTimestamp, finalizers, conditions),
   * until a later update lets it go. Called at the first delete only.
   */
  readonly markForDeletion?: (object: ApiObject, context: StrategyContext) => void;
  /** Texts for `Warning` headers of a create or update. */
  readonly warnings?: (object: ApiObject, old?: ApiObject) => string[];
  /** true: an update may come without resourceVersion (most built-in kinds). */
  readonly allowUnconditionalUpdate?: boolean;
  /** true: PUT on an absent object creates it (Lease, Event, … as the real server). */
  readonly allowCreateOnUpdate?: boolean;
  /** false: the kind has no metadata.generation (ConfigMap, Secret, …). Default: it has one, and rises when anything but metadata and status changes. */
  readonly hasGeneration?: boolean;
}

interface StrategyContext {
  readonly clock: Clock;
  readonly random: Random;
}

/** A column of `kubectl get`; https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown, above 0 with `-o wide`. */
  readonly priority?: number;
  /** The cell; `now` in milliseconds for ages. */
  readonly value: (object: ApiObject, now: number) => unknown;
}

/** The kinds that are served now; CRDs come and go. */
export interface ResourceRegistry {
  find(group: string, version: string, plural: string): Resource | undefined;
  /** By Kind instead of plural: what a body or an owner reference says. */
  findKind(group: string, version: string, kind: string): Resource | undefined;
  all(): readonly Resource[];
  add(resource: Resource): void;
  remove(resource: Resource): void;
  /** After each add and remove. Returns its own removal. */
  onChange(listener: () => void): () => void;
}
