import { CONDITION } from '@sympozium/api';
import { isNotFound, KubeError, type KubeClient, type ObjectKey } from '@sympozium/kube';
import { HTTP_ROUTE, SERVICE, type HttpRoute, type Service } from '@sympozium/plugin-sdk/manifests';
import { GATEWAY, type Listener } from './gateway.js';
import type { Serving } from './serving-state.js';

/** Where a server is called. */
export interface ServerAddress {
  /** e.g. `http://127.96.3.4:8080`, without a path. */
  readonly origin: string;
  readonly hostname?: string;
  /** Who gets there: everybody, processes of this machine, or Pods of the cluster. */
  readonly reach: 'public' | 'machine' | 'cluster';
}

type RunKey = Required<ObjectKey>;

/** The server's best address: its host name once the route is accepted, else its Service. */
export async function serverAddress(client: KubeClient, { run }: Serving): Promise<ServerAddress> {
  const { name, namespace = 'default' } = run.metadata;
  const { status } = run;
  const isRouted = status.conditions?.some((c) => c.type === CONDITION.routeAccepted && c.status === 'True');
  const address = isRouted ? await routeAddress(client, { namespace, name }) : undefined;
  return address ?? (await serviceAddress(client, { namespace, name }, status.endpoint?.url));
}

/** With the scheme and port of the listener that the route hangs on; plain HTTP where that cannot be seen. */
async function routeAddress(client: KubeClient, key: RunKey): Promise<ServerAddress | undefined> {
  const route = await visible(() => client.get(HTTP_ROUTE, key));
  const hostname = route?.spec.hostnames[0];
  if (!route || hostname === undefined) return undefined;
  const listener = await visible(() => listenerOf(client, route));
  const scheme = listener?.protocol === 'HTTPS' ? 'https' : 'http';
  const { origin } = new URL(`${scheme}://${hostname}${listener ? `:${listener.port}` : ''}`);
  return { origin, hostname, reach: 'public' };
}

async function listenerOf(client: KubeClient, { metadata, spec }: HttpRoute): Promise<Listener | undefined> {
  const [parent] = spec.parentRefs;
  const namespace = parent?.namespace ?? metadata.namespace;
  if (!parent || namespace === undefined) return undefined;
  const { listeners } = (await client.get(GATEWAY, { namespace, name: parent.name })).spec;
  const own = listeners.filter(({ name }) => parent.sectionName === undefined || name === parent.sectionName);
  return own.find(({ protocol }) => protocol === 'HTTPS') ?? own[0];
}

async function serviceAddress(client: KubeClient, key: RunKey, url: string | undefined): Promise<ServerAddress> {
  const local = loopbackAddress(await visible(() => client.get(SERVICE, key)));
  if (local) return { origin: `http://${local.host}:${local.port}`, reach: 'machine' };
  return { origin: new URL(url ?? `http://${key.name}.${key.namespace}.svc`).origin, reach: 'cluster' };
}

/** The Service's address on a cluster of this machine, whose Services are in the loopback range. */
export function loopbackAddress(service: Service | undefined): { host: string; port: number } | undefined {
  const { clusterIP, ports = [] } = service?.spec ?? {};
  const port = (ports.find(({ name }) => name === 'http') ?? ports[0])?.port;
  return clusterIP?.startsWith('127.') && port !== undefined ? { host: clusterIP, port } : undefined;
}

/** What is not there, or not this user's to see, is not known. */
async function visible<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error) || (error instanceof KubeError && error.status === 403)) return undefined;
    throw error;
  }
}
