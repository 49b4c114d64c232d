import { stringify } from 'yaml';

const CLUSTER = 'sympozium-local';

/** A kubeconfig with one cluster, one user with a token, one context. `ca` is PEM. */
export const renderKubeconfig = (server: string, ca: string, user: { name: string; token: string }): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: CLUSTER, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name: CLUSTER, context: { cluster: CLUSTER, user: user.name, namespace: 'default' } }],
    'current-context': CLUSTER,
  });
