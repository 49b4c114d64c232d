import { SympoziumError } from '@sympozium/api';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import type { Connection } from '../connection.js';
import { HttpKubeClient, type HttpKubeClientOptions } from '../http-client.js';
import { inClusterConnection } from '../in-cluster.js';
import { kubeconfigCredentials } from './credentials.js';
import type { KubeconfigChoice } from './load-kubeconfig.js';

export interface KubeconfigOptions extends HttpKubeClientOptions, Partial<KubeconfigChoice> {}

export interface KubeconfigClient {
  readonly client: HttpKubeClient;
  /** The context's name, or `in-cluster`. */
  readonly context: string;
  readonly connection: Connection;
}

/**
 * A client for the cluster that `kubeconfig` names, else KUBECONFIG, else (in a Pod) its own, else ~/.kube/config;
 * with every way of authentication kubectl knows.
 */
export async function clientFromKubeconfig(options: KubeconfigOptions = {}): Promise<KubeconfigClient> {
  const { kubeconfig, context, env = process.env } = options;
  const inCluster = kubeconfig === undefined && !env['KUBECONFIG'] ? inClusterConnection(env) : undefined;
  if (inCluster)
    return { client: new HttpKubeClient(inCluster, options), context: 'in-cluster', connection: inCluster };
  const choice: KubeconfigChoice = {
    env,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  };
  // A program in a Pod, which reads none, starts the sooner without what reads kubeconfigs.
  const { loadKubeconfig } = await import('./load-kubeconfig.js');
  const config = loadKubeconfig(choice);
  const connection = {
    ...connectionTo(currentCluster(config), config.getCurrentUser()),
    headers: kubeconfigCredentials(config, () => loadKubeconfig(choice)),
  };
  return { client: new HttpKubeClient(connection, options), context: config.getCurrentContext(), connection };
}

function currentCluster(config: KubeConfig): Cluster {
  const cluster = config.getCurrentCluster();
  if (cluster) return cluster;
  const contexts = config.getContexts().map(({ name }) => name);
  const known = contexts.length > 0 ? `it knows ${contexts.join(', ')}` : 'it knows no context at all';
  throw new SympoziumError(
    'SETTING_INVALID',
    `the kubeconfig has no cluster for the context "${config.getCurrentContext()}"; ${known}. Correct its current-context, or name another file with --kubeconfig or KUBECONFIG.`,
  );
}

function connectionTo(cluster: Cluster, user: User | null): Connection {
  return {
    server: cluster.server,
    ...pem('ca', cluster.caData, cluster.caFile),
    ...pem('cert', user?.certData, user?.certFile),
    ...pem('key', user?.keyData, user?.keyFile),
    ...(cluster.tlsServerName ? { serverName: cluster.tlsServerName } : {}),
    ...(cluster.skipTLSVerify ? { insecure: true } : {}),
  };
}

/** The PEM that a kubeconfig holds itself, or names the file of. */
function pem(name: 'ca' | 'cert' | 'key', data: string | undefined, file: string | undefined): Partial<Connection> {
  if (data) return { [name]: Buffer.from(data, 'base64').toString('utf8') };
  if (!file) return {};
  try {
    return { [name]: readFileSync(file, 'utf8') };
  } catch (cause) {
    throw new SympoziumError(
      'SETTING_INVALID',
      `the kubeconfig names the file ${file}, which cannot be read: ${String(cause)}. Correct the path, or the file's permissions.`,
      { cause },
    );
  }
}
