import type { AgentRun } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Metrics, Random } from '@sympozium/process';
import {
  cancelRun,
  followRun,
  RunSubmitter,
  type RunRequest,
  type RunStatusSource,
  type RunUpdate,
} from '@sympozium/run-client';
import type { FrameReader, StreamHub } from '../stream/stream-hub.js';
import { RunMetrics } from './run-metrics.js';

export interface RunDeskDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly status: RunStatusSource;
  readonly hub: StreamHub;
  /** Base of the addresses that agents post their frames to; known once the stream server listens. */
  readonly streamUrl: () => string;
  /** What keeps Idempotency-Keys apart from those of other proxies, where each has keys of its own by the same names. */
  readonly idempotencyScope?: string;
}

export interface RunOrder extends Omit<RunRequest, 'streamUrl'> {
  /** The caller has gone, or the proxy stops. */
  readonly signal: AbortSignal;
  /** Whether the answer's pieces are wanted as they come. */
  readonly relay: boolean;
}

/** A run that somebody waits for. */
export interface OpenRun {
  readonly run: AgentRun;
  /**
   * To be iterated once. A wait that ends before the run does cancels it, unless a retry may join it; so does an
   * obstacle that the waiter gave up on.
   */
  readonly updates: AsyncIterable<RunUpdate>;
}

/** Where every route gets its runs from: makes them, follows them, cancels what nobody waits for any more. */
export class RunDesk {
  readonly #dependencies: RunDeskDependencies;
  readonly #submitter: RunSubmitter;
  readonly #metrics: RunMetrics;

  constructor(dependencies: RunDeskDependencies) {
    this.#dependencies = dependencies;
    this.#submitter = new RunSubmitter(dependencies);
    this.#metrics = new RunMetrics(dependencies.metrics, dependencies.clock);
  }

  /** Makes or joins a run; see `RunSubmitter.submit` for what it throws. */
  async open(order: RunOrder): Promise<OpenRun> {
    const { hub, streamUrl, clock } = this.#dependencies;
    const begun = clock.now();
    let reader: FrameReader | undefined;
    try {
      const { run } = await this.#submitter.submit({
        ...order,
        ...this.#scoped(order),
        streamUrl: (name) => {
          reader?.close();
          reader = hub.expect(name);
          return `${streamUrl()}/runs/${name}`;
        },
      });
      reader?.bind(run.metadata.uid ?? '');
      return { run, updates: this.#metrics.count(this.#follow(run, order, reader), begun) };
    } catch (error) {
      reader?.close();
      throw error;
    }
  }

  /** No header has a line break, so that no caller's key is another's in another scope. */
  #scoped({ idempotencyKey }: RunOrder): { readonly idempotencyKey?: string } {
    const { idempotencyScope } = this.#dependencies;
    if (idempotencyKey === undefined || idempotencyScope === undefined) return {};
    return { idempotencyKey: `${idempotencyScope}\n${idempotencyKey}` };
  }

  async *#follow(run: AgentRun, order: RunOrder, reader: FrameReader | undefined): AsyncGenerator<RunUpdate> {
    let isOver = false;
    let mayBeJoined = order.idempotencyKey !== undefined;
    try {
      const { signal, relay } = order;
      const frames = reader && ((until: AbortSignal) => reader.frames(until));
      for await (const update of followRun({ ...this.#dependencies, run, relay, signal, ...(frames && { frames }) })) {
        if (update.type === 'ended') {
          isOver = update.outcome.succeeded || !update.outcome.unfinished;
          mayBeJoined &&= isOver;
        }
        yield update;
      }
    } finally {
      reader?.close();
      if (!isOver && !mayBeJoined) await this.#cancel(run);
    }
  }

  async #cancel(run: AgentRun): Promise<void> {
    const { client, log } = this.#dependencies;
    const { name } = run.metadata;
    try {
      await cancelRun(client, run);
      log.info({ run: name }, 'run cancelled: nobody waits for it');
    } catch (error) {
      log.warn({ err: error, run: name }, 'run could not be cancelled; its timeout ends it');
    }
  }
}
