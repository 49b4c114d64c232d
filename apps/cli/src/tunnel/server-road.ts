import { LABEL } from '@sympozium/api';
import { createInformer, type Informer, type InformerDependencies } from '@sympozium/kube';
import { POD, SERVICE, type Pod, type Service } from '@sympozium/plugin-sdk/manifests';
import type { Runnable } from '@sympozium/process';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { loopbackAddress } from '../server/server-address.js';
import type { ForwardToPod } from './pod-forward.js';

/** The server run that is led to. */
export interface RunKey {
  readonly namespace: string;
  readonly name: string;
}

/** Leads connections to a server. */
export interface Road extends Runnable {
  /** Ties the socket to the server until one of them ends. Rejects when there is no way just now. */
  lead(socket: Socket): Promise<void>;
}

const HTTP = { name: 'http', standard: 8080 };

/**
 * The way from this machine to a server run: on a cluster of this machine through its Service, else through the API
 * server to one of its ready Pods, another one when that ends. It follows what the cluster says of both.
 */
export class ServerRoad implements Road {
  readonly name: string;
  readonly #run: RunKey;
  readonly #forward: ForwardToPod;
  readonly #services: Informer<Service>;
  readonly #pods: Informer<Pod>;

  constructor(dependencies: InformerDependencies, run: RunKey, forward: ForwardToPod) {
    const { namespace, name } = run;
    this.name = `road to ${name}`;
    this.#run = run;
    this.#forward = forward;
    this.#services = createInformer(dependencies, { kind: SERVICE, namespace, fieldSelector: `metadata.name=${name}` });
    this.#pods = createInformer(dependencies, { kind: POD, namespace, labelSelector: `${LABEL.run}=${name}` });
  }

  async start(): Promise<void> {
    await Promise.all([this.#services.start(), this.#pods.start()]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#services.stop(), this.#pods.stop()]);
  }

  async lead(socket: Socket): Promise<void> {
    const { namespace, name } = this.#run;
    const local = loopbackAddress(this.#services.store.get(namespace, name));
    await (local ? joinTo(connect(local), socket) : this.#leadToPod(socket));
  }

  async #leadToPod(socket: Socket): Promise<void> {
    const { namespace, name } = this.#run;
    let last: unknown;
    for (const pod of this.#pods.store.list(namespace).filter(isReady)) {
      try {
        return await this.#forward({ namespace, pod: pod.metadata.name, port: httpPort(pod) }, socket);
      } catch (error) {
        last = error; // the next one may be there
      }
    }
    throw last ?? new Error(`server run ${name} has no ready Pod just now`);
  }
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false);

function httpPort({ spec }: Pod): number {
  const ports = spec.containers.flatMap(({ ports: own }) => own ?? []);
  return ports.find(({ name }) => name === HTTP.name)?.containerPort ?? HTTP.standard;
}

/** Both directions, each end ending the other. Rejects when the far end cannot be reached. */
async function joinTo(far: Socket, near: Socket): Promise<void> {
  near.once('close', () => far.destroy());
  await once(far, 'connect');
  far.on('error', () => near.resetAndDestroy()); // nobody takes a broken answer for one that has ended
  far.pipe(near);
  near.pipe(far);
}
