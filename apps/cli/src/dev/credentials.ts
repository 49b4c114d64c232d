import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER_ENV, SympoziumError } from '@sympozium/api';
import { createAuthority } from '@sympozium/tls';
import type { KubeletCredentials } from '@sympozium/virtual-node';

/** The operator as a user of the cluster, with the rights of config/rbac. */
export const OPERATOR_USER = 'sympozium-operator';

/** Names of the files in the folder that `--credentials` names; `dev:kube` and the embedded API write them. */
const FILES = {
  operator: `${OPERATOR_USER}.kubeconfig`,
  cert: 'kubelet.crt',
  key: 'kubelet.key',
  clientCa: 'kubelet-client-ca.crt',
} as const;

/** How the operator is told of the cluster, and of who it is there. */
export interface OperatorAccess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const byKubeconfig = (path: string): OperatorAccess => ({ args: ['--kubeconfig', path], env: {} });

/** As a Pod is told, by a folder with `ca.crt` and `token`: it starts the sooner without what reads kubeconfigs. */
export function podEnvironment(server: string, folder: string): OperatorAccess {
  const { hostname, port } = new URL(server);
  return {
    args: [],
    env: {
      KUBECONFIG: '', // whatever the user’s names is another cluster
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      [SERVER_ENV.serviceAccountDir]: folder,
    },
  };
}

/** Who the parts of a local system are to the cluster. */
export interface Credentials {
  /** Whether the operator is a user of its own, whose rights have to be there. */
  readonly ownUser: boolean;
  readonly operator: OperatorAccess;
  kubelet(): Promise<KubeletCredentials>;
}

/** The operator as a user with only its own rights, and a node that the API server trusts. */
export function credentialsIn(folder: string): Credentials {
  const missing = Object.values(FILES).filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0)
    throw new SympoziumError('SETTING_INVALID', `--credentials ${folder} lacks ${missing.join(', ')}.`);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return {
    ownUser: true,
    operator: byKubeconfig(join(folder, FILES.operator)),
    kubelet: async () => ({ cert: read(FILES.cert), key: read(FILES.key), clientCa: read(FILES.clientCa) }),
  };
}

/** Every part as the user of the kubeconfig. The API server does not know the node, so it shows no logs of it. */
export const sharedCredentials = (kubeconfig: string): Credentials => ({
  ownUser: false,
  operator: byKubeconfig(kubeconfig),
  kubelet: async () => {
    const authority = await createAuthority('sympozium-virtual-node');
    return authority.issue({ commonName: 'kubelet', hosts: ['127.0.0.1', 'localhost'], usage: 'server' });
  },
});
