import type { Kind, KubeObject } from '@sympozium/api';
import type { V1JobSpec } from '@kubernetes/client-node';
import { CONFIG_MAP, JOB, SECRET, type ConfigMap, type Job, type Secret } from './kinds.js';
import type { Wire } from './wire.js';

/** An object of a kind with nothing but its name. */
export const bare = (kind: Kind, name: string): KubeObject => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  metadata: { name },
});

/** A Job; the host adds namespace, labels and owner. */
export const job = (name: string, spec: Wire<V1JobSpec>): Job => ({ ...bare(JOB, name), spec });

/** A ConfigMap of bytes that never changes, so that kubelets need not watch it. `entries` are base64. */
export const binaryConfigMap = (name: string, entries: Record<string, string>): ConfigMap => ({
  ...bare(CONFIG_MAP, name),
  binaryData: entries,
  immutable: true,
});

/** A Secret without entries, for the host's `generate`: a plan never holds a secret value. */
export const opaqueSecret = (name: string): Secret => ({ ...bare(SECRET, name), type: 'Opaque' });
