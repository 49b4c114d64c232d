/** Any JSON value, as it travels in specs and frames. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** An owner reference, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The part of ObjectMeta that Sympozium reads or writes. Times are RFC 3339 strings, as the API server sends them. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: unknown[];
}

/** Any Kubernetes object: typed metadata, the rest as its kind defines it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/**
 * Names one kind and where the API server keeps it. The type parameter ties a kind to its objects' type,
 * so `children.of(JOB)` is a list of Jobs.
 */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  /** Lower-case plural, the last part of the kind's path. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set: carries the type only. */
  readonly $object?: T;
}

/** `apiVersion/Kind`, the key under which a kind is registered. */
export const kindKey = (kind: { apiVersion: string; kind: string }): string => `${kind.apiVersion}/${kind.kind}`;

/** Group of a kind; empty for the core group. */
export const groupOf = (kind: { apiVersion: string }): string =>
  kind.apiVersion.includes('/') ? (kind.apiVersion.split('/')[0] ?? '') : '';
