import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { SympoziumInstance } from '@sympozium/api';
import type { Clock, Logger } from '@sympozium/process';
import type { RunOutcome, RunRequest } from '@sympozium/run-client';
import type { Caller } from '../keys/api-key.js';
import type { Places } from '../limits/places.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { HttpError } from '../openai/errors.js';
import { toHttpError } from '../plugins/errors.js';
import { limitedBy } from '../plugins/rate-limit.js';
import type { Catalogue } from '../runs/catalogue.js';
import type { RunDesk } from '../runs/run-desk.js';
import { invalidParams } from './rpc-error.js';
import { ProgressRelay, type Progress } from './progress-relay.js';
import { answered, failed, instanceNameOf, readTask } from './tool.js';

export interface ToolCallsDependencies {
  readonly desk: RunDesk;
  readonly catalogue: Catalogue;
  readonly limits: RateLimits;
  readonly places: Places;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the proxy can wait no longer for what it has begun. */
  readonly stopping: AbortSignal;
}

/** Who calls. */
export interface ToolCaller {
  readonly caller: Caller;
  /** The page that calls, when a browser does. */
  readonly origin?: string;
}

export interface ToolCall {
  readonly by: ToolCaller;
  readonly tool: string;
  readonly args: unknown;
  /** Aborted when nobody waits for the result any more. */
  readonly signal: AbortSignal;
  /** Present when the client wants to hear of the progress; never rejects. */
  readonly progress?: (progress: Progress) => Promise<void>;
}

/** Makes a run of each tool call, within the limits of its key. */
export class ToolCalls {
  readonly #dependencies: ToolCallsDependencies;

  constructor(dependencies: ToolCallsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The instances whose tools these may call, by name. */
  instances({ caller, origin }: ToolCaller): SympoziumInstance[] {
    const { catalogue } = this.#dependencies;
    const all = catalogue.list(caller);
    return origin === undefined ? all : all.filter(({ metadata }) => catalogue.allowsOrigin(origin, metadata.name));
  }

  /**
   * Calls a tool. Throws an `RpcError` for an unknown one and for wrong arguments; whatever else keeps the caller
   * from his answer is a result that is an error.
   */
  async call(call: ToolCall): Promise<CallToolResult> {
    const instance = this.#instanceOf(call);
    const spec = readTask(call.args);
    let release = (): void => {};
    try {
      release = this.#admit(call.by.caller, instance);
      return await this.#run(call, instance, spec);
    } catch (error) {
      return this.#failure(call, error);
    } finally {
      release();
    }
  }

  #instanceOf({ by, tool }: ToolCall): SympoziumInstance {
    const name = instanceNameOf(tool);
    const { catalogue } = this.#dependencies;
    const instance = name === undefined ? undefined : catalogue.find(by.caller, name);
    const isForPage = by.origin === undefined || catalogue.allowsOrigin(by.origin, name);
    if (instance && isForPage) return instance;
    const shown = JSON.stringify(tool.slice(0, 100));
    throw invalidParams(`There is no tool ${shown}, or this key may not call it. tools/list names those it may.`);
  }

  /** A place among all that is worked on, and one among the key's own; both to be given back. */
  #admit(caller: Caller, instance: SympoziumInstance): () => void {
    const leave = this.#dependencies.places.take();
    try {
      const { release } = this.#dependencies.limits.admit(caller, limitedBy(instance));
      return () => {
        release();
        leave();
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #run(
    { by, signal, progress }: ToolCall,
    instance: SympoziumInstance,
    spec: RunRequest['spec'],
  ): Promise<CallToolResult> {
    const { desk, clock, stopping } = this.#dependencies;
    signal.throwIfAborted();
    const relay = progress && new ProgressRelay(clock, progress);
    try {
      const { run, updates } = await desk.open({
        instance,
        spec,
        keyId: by.caller.id,
        relay: relay !== undefined,
        signal: AbortSignal.any([signal, stopping]),
      });
      for await (const update of updates) {
        if (update.type === 'delta') relay?.say(update.text);
        if (update.type !== 'ended') continue;
        await relay?.finish();
        return resultOf(update.outcome, run.metadata.name);
      }
    } finally {
      relay?.stop();
    }
    throw new HttpError('internal_error');
  }

  #failure({ signal }: ToolCall, error: unknown): CallToolResult {
    const { code, message } = toHttpError(error);
    if (code === 'internal_error' && !signal.aborted) this.#dependencies.log.error({ err: error }, 'tool call failed');
    return failed(code, message);
  }
}

const resultOf = (outcome: RunOutcome, run: string): CallToolResult =>
  outcome.succeeded ? answered(outcome.answer, run) : failed(outcome.reason, outcome.message, run);
