import { createLogger, systemClock, systemRandom, type Random } from '@sympozium/process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compose, SERVICE_ADDRESS, type Foundation, type Parts, type Settings } from './compose.js';
import { renderKubeconfig } from './kubeconfig.js';
import { Layout } from './layout.js';
import type { LocalCluster, LocalClusterOptions, LocalUser } from './local-cluster-options.js';
import { createPki } from './pki.js';
import { createMemoryStore, openDurableStore, type RevisionStore } from './storage/index.js';

const ADMIN: LocalUser = { name: 'sympozium-admin', groups: ['system:masters'] };

/**
 * Starts the embedded API and its controllers; it is ready when Pods can be created in the namespace `default`. Throws
 * `STATE_IN_USE` or `STATE_UNUSABLE` where the folder's state cannot be taken up.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const settings = withDefaults(options);
  const layout = new Layout(settings.folder);
  layout.create();
  const pki = await createPki(layout.signingKey, SERVICE_ADDRESS);
  const store = settings.storage === 'memory' ? createMemoryStore() : openDurableStore({ file: layout.database });
  const users = [ADMIN, ...settings.users].map((user) => withToken(user, settings.random));
  const foundation = { layout, pki, store, users };
  const parts = compose(settings, foundation);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopAll(parts));
  try {
    await parts.api.start();
    const cluster = { ...describe(parts, foundation), stop };
    writeFiles(cluster.server, foundation);
    settings.onListening(cluster);
    await Promise.all([parts.rest.start(), pki.signing]);
    if (settings.controllers) await takesPods(store, pki.ca);
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopAll({ rest, api, close }: Parts): Promise<void> {
  await rest.stop();
  await api.stop();
  await close();
}

function describe({ server: { port } }: Parts, { layout, pki, users }: Foundation): Omit<LocalCluster, 'stop'> {
  const server = `https://127.0.0.1:${port}`;
  const token = users.find(({ name }) => name === ADMIN.name)?.token;
  return {
    server,
    connection: { server, ca: pki.ca, headers: () => ({ authorization: `Bearer ${token}` }) },
    kubeconfig: layout.kubeconfig,
    auditLog: layout.auditLog,
    kubelet: { ...pki.kubelet, clientCa: pki.ca },
    credentials: layout.run,
    kubeconfigFor: (name) => layout.userKubeconfig(name),
  };
}

const withDefaults = (options: LocalClusterOptions): Settings => ({
  port: 0,
  users: [],
  storage: 'durable',
  controllers: true,
  onListening: () => {},
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ name: 'local-cluster', level: 'fatal' }),
  ...options,
});

const withToken = (user: LocalUser, random: Random): LocalUser & { token: string } => ({
  ...user,
  token: Buffer.from(random.bytes(24)).toString('base64url'),
});

/** Pods need their namespace's ServiceAccount, and this start's CA. */
function takesPods(store: RevisionStore, ca: string): Promise<void> {
  const isReady = (): boolean => {
    const published = store.get('/core/configmaps/default/kube-root-ca.crt') as
      { data?: Record<string, string> } | undefined;
    return store.get('/core/serviceaccounts/default/default') !== undefined && published?.data?.['ca.crt'] === ca;
  };
  return new Promise((resolve) => {
    if (isReady()) return resolve();
    const unlisten = store.onCommit(() => {
      if (!isReady()) return;
      unlisten();
      resolve();
    });
  });
}

/** Credentials of users and of the kubelet; those of a former start go. */
function writeFiles(server: string, { layout, pki, users }: Foundation): void {
  for (const name of readdirSync(layout.run)) rmSync(join(layout.run, name), { recursive: true });
  const files = new Map([
    [layout.runFile('kubelet.crt'), pki.kubelet.cert],
    [layout.runFile('kubelet.key'), pki.kubelet.key],
    [layout.runFile('kubelet-client-ca.crt'), pki.ca],
    ...users.flatMap((user) => [
      [pathOf(layout, user), renderKubeconfig(server, pki.ca, user)] as const,
      [layout.userFile(user.name, 'ca.crt'), pki.ca] as const,
      [layout.userFile(user.name, 'token'), user.token] as const,
    ]),
  ]);
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  }
}

const pathOf = (layout: Layout, { name }: LocalUser): string =>
  name === ADMIN.name ? layout.kubeconfig : layout.userKubeconfig(name);
