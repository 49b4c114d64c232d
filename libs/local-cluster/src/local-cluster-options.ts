import type { Connection } from '@sympozium/kube';
import type { Clock, Logger, Random } from '@sympozium/process';

/** Somebody who may speak to the API server; RBAC says what about. */
export interface LocalUser {
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface LocalClusterOptions {
  /** Holds keys, kubeconfigs, the audit log, and in `data/` what is stored; made if it is not there. */
  readonly folder: string;
  /** 0 (default) takes a free port. */
  readonly port?: number;
  readonly users?: readonly LocalUser[];
  /** `durable` (default): libsql with an fsync a commit. `memory`: nothing outlives the process. */
  readonly storage?: 'durable' | 'memory';
  /** false: the API alone, so that nothing changes what a client writes. Default true. */
  readonly controllers?: boolean;
  /** Called as soon as requests are answered: what needs no Pods yet may begin. */
  readonly onListening?: (cluster: LocalCluster) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
}

/** A running Kubernetes-compatible API with its controllers; as `ControlPlane` of the real one. */
export interface LocalCluster {
  /** e.g. `https://127.0.0.1:40123`. */
  readonly server: string;
  /** The administrator's, for a client in this process. */
  readonly connection: Connection;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly auditLog: string;
  /** For a kubelet's endpoint on 127.0.0.1, PEM. */
  readonly kubelet: { readonly cert: string; readonly key: string; readonly clientCa: string };
  /** Folder with `<user>.kubeconfig`, the kubelet's files, and in `<user>/` what a Pod has: `ca.crt` and `token`. */
  readonly credentials: string;
  kubeconfigFor(user: string): string;
  stop(): Promise<void>;
}
