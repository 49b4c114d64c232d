import { createInformer, isConflict, isNotFound, type Informer, type KubeClient } from '@sympozium/kube';
import {
  backoffMs,
  delay,
  Guardian,
  Lifecycle,
  type Clock,
  type Logger,
  type Random,
  type Runnable,
} from '@sympozium/process';
import { setMaxListeners } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AddressPool, type NetworkRanges } from './address-pool.js';
import { Concurrency } from './concurrency.js';
import type { ImageCommands } from './images.js';
import { KubeletServer, type KubeletCredentials } from './kubelet-server.js';
import { hasStarted, lostPodStatus } from './lost-pod.js';
import { NodeRegistration } from './node-registration.js';
import { findPodLog } from './pod-logs.js';
import { PodRunner, type PodServices } from './pod-runner.js';
import type { Failure } from './pod-status.js';
import { isServer, isTerminal, namespaceOf, POD_KIND, uidOf, type Pod } from './pod.js';
import { endLeftovers, wasStarted } from './process-record.js';
import { ServiceProxy } from './services/service-proxy.js';
import { SourceWatches } from './source-watches.js';
import { StatusWriter } from './status-writer.js';
import { unenforcedFields } from './unenforced.js';

export interface VirtualNodeOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly nodeName: string;
  /** Holds `pods/<uid>`; no other node uses it. */
  readonly folder: string;
  readonly images: ImageCommands;
  /** Where processes reach the API server. */
  readonly apiServer: string;
  readonly ranges: NetworkRanges;
  readonly kubelet: KubeletCredentials;
  /** 0 takes a free port. */
  readonly kubeletPort: number;
  readonly capacity: Readonly<Record<string, string>>;
  /** PATH of the processes. */
  readonly path: string;
  /** The longest that a Pod may take to end when the node stops. */
  readonly shutdownGraceMs: number;
}

/** What the node does about one Pod, from the first sight of it until it is gone from the API. */
interface Entry {
  runner?: PodRunner;
  /** Writing the last status of a Pod that never ran in this life of the node. */
  reported?: Promise<void>;
  removing?: boolean;
}

const HOST = '127.0.0.1';
const STARTS = 16;
const WRITES = 32;
const DELETE_RETRY = { initialMs: 100, maxMs: 10_000 };
/** What is left for the last writes once every process has ended. */
const LAST_WRITES_MS = 2_000;

const STOPPED = { reason: 'NodeShutdown', message: 'the virtual node was stopped while the Pod ran' };
const RESTARTED = { reason: 'NodeRestarted', message: 'the virtual node ended while the Pod ran' };
const NOT_STARTED = { reason: 'NotStarted', message: 'the Pod was deleted before it was started' };

/**
 * A Node whose containers are processes of this machine, for development and tests: it isolates nothing and enforces no
 * limit. It differs from a kubelet in what processes cannot have: an image is a command (`images`), a mount is a folder
 * elsewhere (values and arguments under a `mountPath` are rewritten, text that mentions one is not), /tmp is the
 * machine's unless the Pod mounts it (then TMPDIR names it), `status.podIP` is an address that a process can bind, and
 * a process that leaves its group escapes. Services are reached at loopback addresses, and by no name.
 */
export class VirtualNode implements Runnable {
  readonly name: string;
  readonly #options: VirtualNodeOptions;
  readonly #podsFolder: string;
  readonly #services: PodServices;
  readonly #guardian = new Guardian();
  readonly #addresses: AddressPool;
  readonly #pods: Informer<Pod>;
  readonly #proxy: ServiceProxy;
  readonly #kubelet: KubeletServer;
  readonly #parts: Lifecycle;
  readonly #entries = new Map<string, Entry>();
  readonly #work = new Set<Promise<void>>();
  readonly #warned = new Set<string>();
  /** Addresses of processes that are being ended. */
  readonly #ending = new Set<string>();
  readonly #given = new AbortController();
  #former = new Set<string>();
  #stopping = false;

  constructor(options: VirtualNodeOptions) {
    const { client, clock, random, log, nodeName } = options;
    this.name = `virtual node ${nodeName}`;
    this.#options = options;
    this.#podsFolder = join(options.folder, 'pods');
    this.#addresses = new AddressPool(options.ranges);
    this.#services = {
      ...options,
      apiServer: new URL(options.apiServer),
      guardian: this.#guardian,
      starts: new Concurrency(STARTS),
      writes: new Concurrency(WRITES),
      watches: new SourceWatches(options),
      servicesOf: (namespace) => this.#proxy.servicesOf(namespace),
    };
    this.#proxy = new ServiceProxy({ ...options, ending: this.#ending });
    this.#kubelet = new KubeletServer({
      credentials: options.kubelet,
      host: HOST,
      port: options.kubeletPort,
      clock,
      log,
      findLog: (request) => {
        const pod = this.#pods.store.get(request.namespace, request.pod);
        const live = pod && this.#entries.get(uidOf(pod))?.runner?.liveLog(request.container);
        return findPodLog(pod, pod ? this.#folderOf(pod) : '', live, request);
      },
    });
    const registration = new NodeRegistration({ ...options, hostIP: HOST, kubeletPort: () => this.#kubelet.port });
    const fieldSelector = `spec.nodeName=${nodeName}`;
    this.#pods = createInformer({ client, clock, random, log }, { kind: POD_KIND, fieldSelector, trim: withoutInput });
    this.#pods.onEvent(({ type, object }) => (type === 'deleted' ? this.#forget(object) : this.#see(object)));
    this.#parts = new Lifecycle(this.name, [this.#kubelet, registration, this.#proxy, this.#pods], log);
    setMaxListeners(0, this.#given.signal);
  }

  /** The port of the log endpoint, once it has started. */
  get kubeletPort(): number {
    return this.#kubelet.port;
  }

  /** Ends what a former life left, registers, and runs what is bound to the node. */
  async start(): Promise<void> {
    mkdirSync(this.#podsFolder, { recursive: true, mode: 0o700 });
    const ended = endLeftovers(this.#podsFolder);
    if (ended.length > 0) this.#options.log.warn({ processes: ended.length }, 'ended processes of a former life');
    this.#former = new Set(readdirSync(this.#podsFolder));
    this.#guardian.start();
    await this.#parts.start();
    await this.#removeOldFolders();
  }

  /**
   * Ends every Pod, reports each task that had begun as failed, and marks the Node as stopped. Nothing is left running;
   * the next life goes on with the other Pods.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { clock, shutdownGraceMs } = this.#options;
    const limit = clock.after(shutdownGraceMs + LAST_WRITES_MS, () => this.#giveUp());
    const ends = [...this.#entries.values()].map(({ runner, removing }) => {
      if (!runner) return undefined;
      const grace = Math.min(graceMs(runner.pod), shutdownGraceMs);
      return removing ? runner.stop(grace, STOPPED) : runner.suspend(grace, STOPPED);
    });
    await Promise.all(ends);
    await Promise.all(this.#work);
    limit.cancel();
    this.#giveUp();
    await this.#parts.stop();
    this.#guardian.stop();
  }

  #see(pod: Pod): void {
    if (this.#stopping) return;
    const entry = this.#entries.get(uidOf(pod)) ?? this.#begin(pod);
    entry.runner?.see(pod);
    if (pod.metadata.deletionTimestamp === undefined) return;
    if (entry.removing) return void entry.runner?.stop(graceMs(pod)); // the grace may have been shortened
    entry.removing = true;
    this.#track(pod, this.#remove(pod, entry));
  }

  /** A Pod that is seen for the first time. */
  #begin(pod: Pod): Entry {
    const entry: Entry = {};
    this.#entries.set(uidOf(pod), entry);
    if (isTerminal(pod)) return entry;
    const lost = this.#lost(pod);
    if (lost) entry.reported = this.#report(pod, lost);
    else entry.runner = this.#run(pod, entry);
    return entry;
  }

  /** Why a Pod is not run: a task that was started once is not started again, a server is, as a kubelet does it. */
  #lost(pod: Pod): Failure | undefined {
    const isDeleted = pod.metadata.deletionTimestamp !== undefined;
    if (isServer(pod) && !isDeleted) return undefined;
    const ran = hasStarted(pod) || (this.#former.has(uidOf(pod)) && wasStarted(this.#folderOf(pod)));
    if (ran) return RESTARTED;
    return isDeleted ? NOT_STARTED : undefined;
  }

  #run(pod: Pod, entry: Entry): PodRunner {
    const { nodeName, capacity } = this.#options;
    const address = this.#addresses.take(pod.status?.podIP);
    const { podIP, processIP } = address;
    const place = { nodeName, hostIP: HOST, processIP, allocatable: capacity };
    const runner = new PodRunner(this.#services, pod, { folder: this.#folderOf(pod), podIP, place });
    this.#warnOfUnenforced(pod);
    const done = runner.done.then(() => {
      this.#ending.delete(processIP);
      address.release();
      delete entry.runner;
    });
    this.#track(pod, done);
    return runner;
  }

  #report(pod: Pod, failure: Failure): Promise<void> {
    const writer = new StatusWriter(this.#services, pod);
    this.#given.signal.addEventListener('abort', () => writer.abandon(), { once: true });
    writer.set(lostPodStatus(pod, failure, this.#options.clock.now()));
    const written = writer.flush();
    this.#track(pod, written);
    return written;
  }

  /** Ends the Pod with its grace; takes it out of the API when its last status is there. */
  async #remove(pod: Pod, { runner, reported }: Entry): Promise<void> {
    if (runner) this.#ending.add(runner.processIP);
    await (runner?.stop(graceMs(pod)) ?? reported);
    const { client, clock, random, log } = this.#options;
    const { signal } = this.#given;
    const key = { namespace: namespaceOf(pod), name: pod.metadata.name };
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        return await client.delete(POD_KIND, key, { uid: uidOf(pod), gracePeriodSeconds: 0, signal });
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) return; // gone, or another one of its name
        log.warn({ err: error, pod: key.name }, 'Pod not removed, trying again');
        await delay(clock, backoffMs(DELETE_RETRY, failures, random), signal).catch(() => {}); // given up: the loop ends
      }
    }
  }

  /** The Pod is gone from the API: whatever is left of it ends now. */
  #forget(pod: Pod): void {
    const entry = this.#entries.get(uidOf(pod));
    this.#entries.delete(uidOf(pod));
    entry?.runner?.abandon();
    const ended = entry?.runner?.stop(0) ?? Promise.resolve();
    this.#track(
      pod,
      ended.then(() => rm(this.#folderOf(pod), { recursive: true, force: true })),
    );
  }

  #giveUp(): void {
    this.#given.abort();
    for (const { runner } of this.#entries.values()) runner?.abandon();
  }

  /** Keeps the node from stopping before the work is done; the work handles its own failures. */
  #track(pod: Pod, work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        this.#options.log.error({ err: error, pod: pod.metadata.name }, 'the node could not finish with a Pod');
      })
      .finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  /** Names each field once, whatever Pods ask for it. */
  #warnOfUnenforced(pod: Pod): void {
    const fields = unenforcedFields(pod).filter((field) => !this.#warned.has(field));
    if (fields.length === 0) return;
    for (const field of fields) this.#warned.add(field);
    this.#options.log.warn({ fields, pod: pod.metadata.name }, 'this node runs plain processes and does not enforce');
  }

  #folderOf(pod: Pod): string {
    return join(this.#podsFolder, uidOf(pod));
  }

  /** Folders of Pods that were deleted while the node was away. */
  async #removeOldFolders(): Promise<void> {
    const old = [...this.#former].filter((uid) => !this.#entries.has(uid));
    await Promise.all(old.map((uid) => rm(join(this.#podsFolder, uid), { recursive: true, force: true })));
  }
}

/** Annotations may hold a whole conversation; a Pod that has ended does not need them any more. */
const withoutInput = (pod: Pod): Pod =>
  isTerminal(pod) ? { ...pod, metadata: { ...pod.metadata, annotations: {} } } : pod;

const graceMs = (pod: Pod): number =>
  (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
