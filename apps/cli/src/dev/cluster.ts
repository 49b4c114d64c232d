import { startLocalCluster } from '@sympozium/local-cluster';
import { createLogger } from '@sympozium/process';
import { createWriteStream } from 'node:fs';
import { credentialsIn, OPERATOR_USER, type Credentials } from './credentials.js';
import type { DataFolder } from './data-folder.js';

/** The Kubernetes API that a local system stands on. */
export interface Cluster {
  readonly kubeconfig: string;
  readonly credentials: Credentials;
  /** Whether Pods run as processes of this machine. */
  readonly virtualNode: boolean;
  /** That node’s name; absent: one of this machine and folder. */
  readonly nodeName?: string;
  /** Rejects when it cannot go on. */
  readonly failed?: Promise<never>;
  stop(): Promise<void>;
}

/** No other node is ever there, and Pods find theirs again when the folder was moved. */
const NODE_NAME = 'local';

/** The embedded API with its controllers, in this process; its state is in the data folder. */
export async function startEmbeddedCluster(folder: DataFolder): Promise<Cluster> {
  const destination = createWriteStream(folder.file('logs', 'local-cluster.log'), { flags: 'a' });
  const cluster = await startLocalCluster({
    folder: folder.path,
    users: [{ name: OPERATOR_USER }],
    log: createLogger({ name: 'local-cluster', destination }),
  });
  return {
    kubeconfig: cluster.kubeconfig,
    credentials: credentialsIn(cluster.credentials),
    virtualNode: true,
    nodeName: NODE_NAME,
    stop: () => cluster.stop().finally(() => destination.end()),
  };
}
