import { KubeConfig } from '@kubernetes/client-node';
import { existsSync, readFileSync } from 'node:fs';
import type { Connection } from '../connection.js';
import { HttpKubeClient, type HttpKubeClientOptions } from '../http-client.js';
import { inClusterConnection } from '../in-cluster.js';

export interface KubeconfigOptions extends HttpKubeClientOptions {
  /** Path of a kubeconfig; absent: KUBECONFIG, ~/.kube/config, in-cluster, as kubectl does. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** A client for the cluster that a kubeconfig names, with every way of authentication kubectl knows. */
export async function clientFromKubeconfig(
  options: KubeconfigOptions = {},
): Promise<{ client: HttpKubeClient; context: string; connection: Connection }> {
  const inCluster = options.kubeconfig === undefined && !process.env['KUBECONFIG'] && inClusterConnection(process.env);
  if (inCluster)
    return { client: new HttpKubeClient(inCluster, options), context: 'in-cluster', connection: inCluster };
  const config = load(options);
  const cluster = config.getCurrentCluster();
  if (!cluster)
    throw new Error(
      `no cluster: ${options.kubeconfig ?? 'the kubeconfig'} names none. Give one with --kubeconfig, or set KUBECONFIG.`,
    );
  const user = config.getCurrentUser();
  const ca = pem(cluster.caData, cluster.caFile);
  const cert = pem(user?.certData, user?.certFile);
  const key = pem(user?.keyData, user?.keyFile);
  const connection: Connection = {
    server: cluster.server,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(cluster.tlsServerName ? { serverName: cluster.tlsServerName } : {}),
    ...(cluster.skipTLSVerify ? { insecure: true } : {}),
    headers: () => authHeaders(config),
  };
  return { client: new HttpKubeClient(connection, options), context: config.getCurrentContext(), connection };
}

function load({ kubeconfig, context }: KubeconfigOptions): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig);
  else throw new Error(`there is no kubeconfig ${kubeconfig}. Name one with --kubeconfig, or set KUBECONFIG.`);
  if (context !== undefined) config.setCurrentContext(context);
  return config;
}

/** Token, basic or exec-plugin credentials; client-node keeps an exec plugin's token until it expires. */
async function authHeaders(config: KubeConfig): Promise<Record<string, string>> {
  const options = { headers: {} as Record<string, string> };
  await config.applyToHTTPSOptions(options);
  const credentials = Object.fromEntries(
    Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const basic = (options as { auth?: string }).auth;
  if (basic) credentials['authorization'] = `Basic ${Buffer.from(basic).toString('base64')}`;
  return credentials;
}

function pem(data: string | undefined, file: string | undefined): string | undefined {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readFileSync(file, 'utf8') : undefined;
}
