import { loadKubeconfig } from '@sympozium/kube/kubeconfig/load';
import { forwardThroughApi, type ForwardToPod } from './pod-forward.js';

/** Forwards through the API server of a kubeconfig; absent: kubectl’s rules. */
export function forwardByKubeconfig(kubeconfig: string | undefined, onProblem: (text: string) => void): ForwardToPod {
  const choice = { env: process.env, ...(kubeconfig !== undefined && { kubeconfig }) };
  return forwardThroughApi(() => loadKubeconfig(choice), onProblem);
}
