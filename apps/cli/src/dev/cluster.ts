import { HttpKubeClient, type KubeClient } from '@sympozium/kube';
import { startLocalCluster, type LocalCluster } from '@sympozium/local-cluster';
import { createLogger } from '@sympozium/process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { credentialsIn, OPERATOR_USER, podEnvironment, type Credentials } from './credentials.js';
import type { DataFolder } from './data-folder.js';

/** The Kubernetes API that a local system stands on. */
export interface Cluster {
  readonly kubeconfig: string;
  /** e.g. `https://127.0.0.1:6443`. */
  readonly server: string;
  /** May do everything; the caller closes it. */
  readonly client: KubeClient;
  readonly credentials: Credentials;
  /** Whether Pods run as processes of this machine. */
  readonly virtualNode: boolean;
  /** That node’s name; absent: one of this machine and folder. */
  readonly nodeName?: string;
  /** Resolves when Pods can be made. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** No other node is ever there, and Pods find theirs again when the folder was moved. */
const NODE_NAME = 'local';

/** The embedded API with its controllers, in this process, once it answers; its state is in the data folder. */
export async function startEmbeddedCluster(folder: DataFolder): Promise<Cluster> {
  const destination = createWriteStream(folder.file('logs', 'local-cluster.log'), { flags: 'a' });
  const log = createLogger({ name: 'local-cluster', destination });
  const users = [{ name: OPERATOR_USER }];
  let started: Promise<unknown> = Promise.resolve();
  const listening = new Promise<LocalCluster>((resolve, reject) => {
    started = startLocalCluster({ folder: folder.path, users, log, onListening: resolve });
    started.catch(reject);
  });
  const cluster = await listening;
  const { kubeconfig, connection, server, credentials } = cluster;
  return {
    kubeconfig,
    server,
    client: new HttpKubeClient(connection),
    credentials: { ...credentialsIn(credentials), operator: podEnvironment(server, join(credentials, OPERATOR_USER)) },
    virtualNode: true,
    nodeName: NODE_NAME,
    ready: started.then(() => {}),
    stop: () => cluster.stop().finally(() => destination.end()),
  };
}
