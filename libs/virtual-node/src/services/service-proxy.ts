import { createInformer, type Informer, type KubeClient } from '@sympozium/kube';
import { Lifecycle, type Clock, type Logger, type Random, type Runnable } from '@sympozium/process';
import type { Socket } from 'node:net';
import type { NetworkRanges } from '../address-pool.js';
import { PortListener } from './port-listener.js';
import { ENDPOINT_SLICE, hasClusterIP, isApiServer, SERVICE, SERVICE_NAME_LABEL } from './service.js';
import type { EndpointSlice, Service, ServicePort } from './service.js';
import { readyTargets } from './targets.js';

export interface ServiceProxyOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly ranges: NetworkRanges;
  /** Addresses of processes that are being ended: sooner known here than from an EndpointSlice. */
  readonly ending: ReadonlySet<string>;
}

/** One listener of a Service. */
interface Opening {
  readonly host: string;
  readonly port: number;
  readonly name: string;
}

const BY_SERVICE = 'service';

/**
 * What kube-proxy does, with listeners: each ClusterIP and TCP port forwards to the ready endpoints of its Service. The
 * ClusterIPs have to be loopback addresses (the API server's `--service-cluster-ip-range`), since a process can listen
 * at no other without root.
 */
export class ServiceProxy implements Runnable {
  readonly name = 'service proxy';
  readonly #options: ServiceProxyOptions;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #parts: Lifecycle;
  /** By Service, then by address. */
  readonly #listeners = new Map<string, Map<string, PortListener>>();
  readonly #sockets = new Set<Socket>();
  readonly #said = new Set<string>();

  constructor(options: ServiceProxyOptions) {
    this.#options = options;
    this.#services = createInformer(options, { kind: SERVICE });
    this.#slices = createInformer(options, { kind: ENDPOINT_SLICE, indexes: { [BY_SERVICE]: serviceOf } });
    this.#services.onEvent(({ object }) => this.#sync(keyOf(object)));
    this.#slices.onEvent(({ object, old }) => {
      for (const key of new Set([...serviceOf(object), ...(old ? serviceOf(old) : [])])) this.#sync(key);
    });
    this.#parts = new Lifecycle(this.name, [this.#slices, this.#services], options.log); // endpoints first: no gap
  }

  start(): Promise<void> {
    return this.#parts.start();
  }

  /** Breaks off what is still open. */
  async stop(): Promise<void> {
    await this.#parts.stop();
    for (const key of [...this.#listeners.keys()]) this.#listen(key, undefined);
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The Services of a namespace, as they are now. */
  servicesOf(namespace: string): readonly Service[] {
    return this.#services.store.list(namespace);
  }

  #sync(key: string): void {
    const [namespace, name = ''] = key.split('/');
    this.#listen(key, this.#services.store.get(namespace, name));
  }

  /** Opens, moves and closes the Service's listeners, and tells them where to forward. */
  #listen(key: string, service: Service | undefined): void {
    const openings = new Map(service && this.#openings(service).map((opening) => [addressOf(opening), opening]));
    const listeners = this.#listeners.get(key) ?? new Map<string, PortListener>();
    for (const [address, listener] of listeners) {
      if (openings.has(address)) continue;
      listener.close();
      listeners.delete(address);
    }
    const slices = this.#slices.store.by(BY_SERVICE, key);
    for (const [address, opening] of openings) {
      const listener = listeners.get(address) ?? this.#listener(key, opening);
      listeners.set(address, listener);
      listener.targets = readyTargets(slices, opening.name, this.#options.ranges);
      listener.open();
    }
    if (listeners.size > 0) this.#listeners.set(key, listeners);
    else this.#listeners.delete(key);
  }

  #openings(service: Service): Opening[] {
    this.#sayWhatIsNotServed(service);
    const host = service.spec?.clusterIP ?? '';
    if (!hasClusterIP(service) || isApiServer(service) || !isLoopback(host)) return [];
    const ports = (service.spec?.ports ?? []).filter(isTcp);
    return ports.map(({ name = '', port }) => ({ host, port, name }));
  }

  #listener(service: string, { host, port }: Opening): PortListener {
    const { clock, log, ending } = this.#options;
    return new PortListener({
      ...{ host, port, clock, ending },
      onSocket: (socket) => this.#keep(socket),
      onRefused: (error) => {
        log.warn({ service, address: `${host}:${port}`, err: error }, `Service not served: ${whyRefused(error)}`);
      },
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Each limit of this proxy once, at the first Service that meets it. */
  #sayWhatIsNotServed(service: Service): void {
    if (isApiServer(service)) return;
    for (const [limit, meets] of LIMITS) {
      if (this.#said.has(limit) || !meets(service)) continue;
      this.#said.add(limit);
      this.#options.log.warn({ service: keyOf(service) }, limit);
    }
  }
}

type Limit = readonly [text: string, meets: (service: Service) => boolean];

const LIMITS: readonly Limit[] = [
  [
    'Services of type NodePort and LoadBalancer are served at their ClusterIP only',
    ({ spec }) => isOutward(spec?.type),
  ],
  [
    'Services of type ExternalName are not served: there is no cluster DNS',
    ({ spec }) => spec?.type === 'ExternalName',
  ],
  ['headless Services are not served: there is no cluster DNS', ({ spec }) => spec?.clusterIP === 'None'],
  [
    'sessionAffinity of Services is not kept: all clients have one address',
    ({ spec }) => spec?.sessionAffinity === 'ClientIP',
  ],
  ['only TCP ports of Services are served', ({ spec }) => !(spec?.ports ?? []).every(isTcp)],
  [
    'Services are not served: their ClusterIPs are no loopback addresses; give the API server --service-cluster-ip-range=127.96.0.0/16',
    (service) => hasClusterIP(service) && !isLoopback(service.spec?.clusterIP ?? ''),
  ],
];

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'ports below 1024 need root; give the Service a higher one',
  EADDRINUSE: 'another process listens there, or at 0.0.0.0; end it, let it bind POD_IP, or change the port',
  EADDRNOTAVAIL: 'this system has no such loopback address',
};

const whyRefused = ({ code = '', message }: NodeJS.ErrnoException): string => REFUSALS[code] ?? message;

const isOutward = (type: string | undefined): boolean => type === 'NodePort' || type === 'LoadBalancer';
const isTcp = ({ protocol = 'TCP' }: ServicePort): boolean => protocol === 'TCP';
const isLoopback = (address: string): boolean => address.startsWith('127.');
const addressOf = ({ host, port }: Opening): string => `${host}:${port}`;
const keyOf = ({ metadata: { namespace = '', name } }: Service): string => `${namespace}/${name}`;

function serviceOf({ metadata: { namespace = '', labels } }: EndpointSlice): string[] {
  const name = labels?.[SERVICE_NAME_LABEL];
  return name === undefined ? [] : [`${namespace}/${name}`];
}
