import type { V1JobSpec } from '@kubernetes/client-node';
import { CONFIG_MAP, JOB, type ConfigMap, type Job } from './kinds.js';
import type { Wire } from './wire.js';

/** A Job; the host adds namespace, labels and owner. */
export const job = (name: string, spec: Wire<V1JobSpec>): Job => ({
  apiVersion: JOB.apiVersion,
  kind: JOB.kind,
  metadata: { name },
  spec,
});

/** A ConfigMap of bytes that never changes, so that kubelets need not watch it. `entries` are base64. */
export const binaryConfigMap = (name: string, entries: Record<string, string>): ConfigMap => ({
  apiVersion: CONFIG_MAP.apiVersion,
  kind: CONFIG_MAP.kind,
  metadata: { name },
  binaryData: entries,
  immutable: true,
});
