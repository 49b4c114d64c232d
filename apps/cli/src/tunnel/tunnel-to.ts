import type { KubeClient } from '@sympozium/kube';
import { informerTools, localKubeconfig } from '../cluster.js';
import { ServerRoad, type RunKey } from './server-road.js';
import type { ForwardToPod } from './pod-forward.js';
import { Tunnel } from './tunnel.js';

export interface TunnelOptions {
  readonly kubeconfig?: string;
  /** Takes what goes wrong on the way; absent: stderr. */
  readonly onProblem?: (text: string) => void;
}

/** A tunnel to a server run, not open yet. */
export function tunnelTo(client: KubeClient, run: RunKey, options: TunnelOptions): Tunnel {
  const { onProblem = (text) => void process.stderr.write(`! ${text}\n`) } = options;
  const kubeconfig = options.kubeconfig ?? localKubeconfig();
  let forward: ForwardToPod | undefined;
  // @kubernetes/client-node takes long to load, and nobody needs it where the cluster is of this machine.
  const forwardWhenNeeded: ForwardToPod = async (target, socket) => {
    forward ??= (await import('./kubeconfig-forward.js')).forwardByKubeconfig(kubeconfig, onProblem);
    return forward(target, socket);
  };
  return new Tunnel(new ServerRoad(informerTools(client), run, forwardWhenNeeded), onProblem);
}
