import type { KubeClient } from '@sympozium/kube';
import { informerTools, kubeConfigOf } from '../cluster.js';
import { ServerRoad, type RunKey } from './server-road.js';
import { forwardThroughApi } from './pod-forward.js';
import { Tunnel } from './tunnel.js';

export interface TunnelOptions {
  readonly kubeconfig?: string;
  /** Takes what goes wrong on the way; absent: stderr. */
  readonly onProblem?: (text: string) => void;
}

/** A tunnel to a server run, not open yet. */
export function tunnelTo(client: KubeClient, run: RunKey, options: TunnelOptions): Tunnel {
  const { onProblem = (text) => void process.stderr.write(`! ${text}\n`) } = options;
  const forward = forwardThroughApi(() => kubeConfigOf(options), onProblem);
  return new Tunnel(new ServerRoad(informerTools(client), run, forward), onProblem);
}
