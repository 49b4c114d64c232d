import { durationMs, failure, isRunReason, SympoziumError, type AgentRun, type Failure } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import { backoffMs, delay, type Clock, type Random, type Timer } from '@sympozium/process';
import type { Frame } from '@sympozium/run-protocol';
import { AnswerMachine } from './answer-machine.js';
import { Mailbox } from './mailbox.js';
import type { RunState, RunStatusSource } from './run-status.js';
import type { RunAnswer, RunUpdate } from './run-update.js';
import { readResult, readRun, storedFailure } from './stored-answer.js';

export interface FollowOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  /** As the server returned it; its uid is what is followed. */
  readonly run: AgentRun;
  readonly status: RunStatusSource;
  /** The agent's frames, until the signal. That they end or break is no failure: status answers. */
  readonly frames?: (signal: AbortSignal) => AsyncIterable<Frame>;
  /** Whether the answer's pieces are wanted as they come. Default: true. */
  readonly relay?: boolean;
  /** Ends the wait: the iteration throws its reason. */
  readonly signal?: AbortSignal;
}

/** So long may something keep a run from starting before its waiter gives up. */
export const OBSTACLE_MS = 2_500;
/** The operator ends a run at its timeout; a waiter that hears nothing goes so much later. */
const OVERDUE_MS = 60_000;
const READ_BACKOFF = { initialMs: 100, maxMs: 2_000 };
const READ_ATTEMPTS = 6;

type Event =
  | RunState
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'stored'; readonly answer: RunAnswer }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'give-up'; readonly failure: Failure };

/**
 * Follows a run to its end by two roads: the agent's frames, which are fast, and the run's status, which is sure.
 * Yields exactly one `ended`, as the last update. Leaving the iteration early does not touch the run.
 */
export async function* followRun(options: FollowOptions): AsyncGenerator<RunUpdate, void, undefined> {
  const follower = new RunFollower(options);
  try {
    yield* follower.updates();
  } finally {
    follower.close();
  }
}

class RunFollower {
  readonly #options: FollowOptions;
  readonly #machine: AnswerMachine;
  readonly #mailbox = new Mailbox<Event>();
  readonly #closing = new AbortController();
  readonly #overdue: Timer;
  readonly #unfollow: () => void;
  #obstacle: { readonly timer: Timer; readonly failure: Failure } | undefined;
  #reading = false;

  constructor(options: FollowOptions) {
    const { run, clock, status, signal, frames } = options;
    this.#options = options;
    this.#machine = new AnswerMachine({ relay: options.relay ?? true, retries: run.spec.retry.limit > 0 });
    this.#unfollow = status.follow(run, (state) => this.#mailbox.push(state));
    this.#overdue = clock.after(durationMs(run.spec.timeout) + OVERDUE_MS, () =>
      this.#giveUp(failure('DeadlineExceeded')),
    );
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
    if (frames) void this.#pump(frames(this.#closing.signal));
  }

  async *updates(): AsyncGenerator<RunUpdate, void, undefined> {
    while (!this.#machine.ended) yield* this.#take(await this.#mailbox.take());
  }

  close(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#overdue.cancel();
    this.#clearObstacle();
    this.#unfollow();
    this.#closing.abort();
    this.#mailbox.close(new Error('nobody follows the run any more'));
  }

  readonly #onAbort = (): void => this.#mailbox.close(this.#options.signal?.reason);

  #take(event: Event): readonly RunUpdate[] {
    switch (event.type) {
      case 'frame':
        this.#clearObstacle();
        return this.#machine.frame(event.frame);
      case 'state':
        return this.#state(event.run);
      case 'gone':
        return this.#machine.failed(failure('RunDeleted'));
      case 'stored':
        return this.#machine.stored(event.answer);
      case 'failed':
        return this.#machine.failed(event.failure);
      case 'give-up':
        return this.#machine.failed(event.failure, true);
    }
  }

  #state(run: AgentRun): readonly RunUpdate[] {
    switch (run.status.phase) {
      case 'Succeeded':
        void this.#readAnswer();
        return [];
      case 'Failed':
        return this.#machine.failed(storedFailure(run));
      case 'Pending':
        if (isRunReason(run.status.reason)) return this.#hold(storedFailure(run));
        break;
      default:
    }
    this.#clearObstacle();
    return [];
  }

  /** The first obstacle sets the time; another one after it only changes the words. */
  #hold(obstacle: Failure): readonly RunUpdate[] {
    if (this.#obstacle?.failure.message === obstacle.message) return [];
    const timer =
      this.#obstacle?.timer ??
      this.#options.clock.after(OBSTACLE_MS, () => {
        if (this.#obstacle) this.#giveUp(this.#obstacle.failure);
      });
    this.#obstacle = { timer, failure: obstacle };
    return [{ type: 'waiting', ...obstacle }];
  }

  #clearObstacle(): void {
    this.#obstacle?.timer.cancel();
    this.#obstacle = undefined;
  }

  #giveUp(because: Failure): void {
    this.#mailbox.push({ type: 'give-up', failure: because });
  }

  async #pump(frames: AsyncIterable<Frame>): Promise<void> {
    try {
      for await (const frame of frames) if (!(await this.#mailbox.send({ type: 'frame', frame }))) return;
    } catch {
      // The fast road is gone; status answers.
    }
  }

  /** Reads what is stored, in its own time: the agent's result frame may still come first. */
  async #readAnswer(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const { client, run, clock, random } = this.#options;
    for (let attempt = 0; !this.#closing.signal.aborted; attempt += 1) {
      try {
        return this.#mailbox.push({ type: 'stored', answer: await readResult(client, await readRun(client, run)) });
      } catch (error) {
        if (error instanceof SympoziumError || attempt + 1 === READ_ATTEMPTS)
          return this.#mailbox.push({ type: 'failed', failure: readFailure(error) });
        await delay(clock, backoffMs(READ_BACKOFF, attempt, random));
      }
    }
  }
}

const readFailure = (error: unknown): Failure =>
  error instanceof SympoziumError
    ? { reason: error.code, message: error.message }
    : failure('api_unavailable', error instanceof Error ? error.message : String(error));
