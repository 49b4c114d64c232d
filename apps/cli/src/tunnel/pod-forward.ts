import { PortForward, type KubeConfig } from '@kubernetes/client-node';
import { PassThrough, type Duplex } from 'node:stream';

/** A Pod's port, as the API server forwards to it. */
interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** Ties a socket to a Pod's port until one of them ends. Rejects when the Pod cannot be reached. */
export type ForwardToPod = (target: PodPort, socket: Duplex) => Promise<void>;

/** Forwards through the API server, as `kubectl port-forward` does. */
export function forwardThroughApi(kubeConfig: () => KubeConfig, onProblem: (text: string) => void): ForwardToPod {
  let forward: PortForward | undefined;
  return async ({ namespace, pod, port }, socket) => {
    const complaints = new PassThrough().setEncoding('utf8');
    complaints.on('data', (text: string) => onProblem(text.trim()));
    try {
      forward ??= new PortForward(kubeConfig());
      const web = await forward.portForward(namespace, pod, [port], socket, complaints, socket);
      if (typeof web === 'function') return; // only of calls that ask for retries
      web.onclose = () => socket.end();
      socket.once('close', () => web.close());
      if (socket.destroyed) web.close();
    } catch (error) {
      throw error instanceof Error ? error : new Error((error as { message?: string }).message ?? 'refused');
    }
  };
}
