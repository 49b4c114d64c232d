import { SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { OwnWrites } from '@sympozium/controller';
import type { KubeClient } from '@sympozium/kube';
import type { OwnedKind } from '@sympozium/plugin-sdk';
import { delay, type Clock, type Logger, type Runnable } from '@sympozium/process';
import { Announcer } from '../apply/announcer.js';
import { Remover } from '../apply/remover.js';
import { RunWriter } from '../apply/run-writer.js';
import { ALL_NAMESPACES } from '../cluster/kind-cache.js';
import type { AdmittedMode } from '../plugins/admitted-mode.js';
import { ModeRegistry } from '../plugins/mode-registry.js';
import { StatusWriter } from '../status/status-writer.js';
import { Teardown } from '../teardown/teardown.js';
import { DrainReader } from './drain-reader.js';
import { Leftovers } from './leftovers.js';
import { ServerDrain } from './server-drain.js';

export interface DrainOptions {
  readonly client: KubeClient;
  readonly modes: readonly AdmittedMode[];
  /** Kinds of plugins that were switched off; see `loadPlugins`. */
  readonly retired?: readonly OwnedKind[];
  /** Namespaces whose runs were served; `*` for the whole cluster. They need not be there any more. */
  readonly namespaces: readonly string[];
  /** The operator’s own namespace. */
  readonly systemNamespace: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Most of a drain is waiting for Pods to end. */
const EVERY_MS = 500;

/**
 * Takes away what only an operator can, so that none is needed any more: server runs with all that they own, and the
 * SkillPacks of plugins. Instances, schedules and tasks stay as they are. It keeps no state: whenever it ends, the next
 * one goes on from what it finds. It runs where no operator works, as the holder of the Lease.
 */
export class Drain implements Runnable {
  readonly name = 'drain';
  /** Resolves when nothing is left. */
  readonly done: Promise<void>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #scopes: readonly (string | undefined)[];
  readonly #systemNamespace: string;
  readonly #servers: ServerDrain;
  readonly #leftovers: Leftovers;
  readonly #stop = new AbortController();
  #finish: () => void = () => {};
  #left: readonly string[] = [];
  #running: Promise<void> | undefined;

  constructor({ client, modes: admitted, retired, namespaces, systemNamespace, clock, log }: DrainOptions) {
    const modes = new ModeRegistry(admitted, retired);
    const tasks = admitted.filter(({ plugin }) => plugin.lifecycle === 'once').map(({ plugin }) => plugin.name);
    const reader = new DrainReader({ client, owned: modes.owned, tasks, log });
    const announcer = new Announcer({ client, clock, log });
    // Each pass reads everything anew, so nobody waits until a write is seen.
    const written = { client, ownWrites: new OwnWrites(), log, announcer };
    const writer = new RunWriter({ ...written, cache: { runs: { get: () => undefined, hasSeen: () => true } } });
    const remover = new Remover({ ...written, cache: { cacheOf: () => undefined } });
    const tools = { remover, writer, announcer, clock, log };
    this.#servers = new ServerDrain({
      ...{ client, reader, modes, writer, log },
      teardown: ({ childrenOf }) => new Teardown({ ...tools, cache: { allChildrenOf: childrenOf } }),
    });
    const instances = { kind: SYMPOZIUM_INSTANCE, hasSeen: () => true };
    const status = new StatusWriter({ ...written, cache: instances, fieldManager: 'sympozium/host' });
    this.#leftovers = new Leftovers({ client, reader, writer: status, clock, log });
    this.#scopes = namespaces.includes(ALL_NAMESPACES) ? [undefined] : namespaces;
    this.#systemNamespace = systemNamespace;
    this.#clock = clock;
    this.#log = log;
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  /** What the last pass could not finish, and why, as phrases. */
  get left(): readonly string[] {
    return this.#left;
  }

  async start(): Promise<void> {
    this.#running ??= this.#run();
  }

  /** Ends after the pass that is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (await this.#isDone()) return this.#finish();
      await delay(this.#clock, EVERY_MS, signal).catch(() => {}); // stopped: the loop sees it
    }
  }

  /** What fails may pass by itself: the next pass tries it again. */
  async #isDone(): Promise<boolean> {
    try {
      const left = await Promise.all(this.#scopes.map((namespace) => this.#servers.pass(namespace)));
      this.#left = left.flat();
      if (this.#left.length > 0) return false;
      await Promise.all(this.#scopes.map((namespace) => this.#leftovers.closeInstances(namespace)));
      await this.#leftovers.removePacks(this.#systemNamespace);
      return true;
    } catch (err) {
      this.#log.warn({ err }, 'drain is held up, trying again');
      this.#left = [err instanceof Error ? err.message : String(err)];
      return false;
    }
  }
}
