import type { Clock, Metrics, Random, Timer } from '@sympozium/process';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../keys/api-key.js';
import type { KeyRing } from '../keys/key-ring.js';
import { HttpError } from '../openai/errors.js';
import { SseWriter } from '../routes/sse-writer.js';
import { whenOver } from '../when-over.js';
import type { McpSession } from './session.js';
import type { ToolCaller, ToolCalls } from './tool-calls.js';

export interface McpSessionsDependencies {
  readonly calls: ToolCalls;
  readonly keys: { readonly ring: KeyRing };
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
}

interface Held {
  readonly session: McpSession;
  /** Id of the key that opened it. */
  readonly keyId: string;
}

/** Streams that one key may have open. */
const MOST_OF_A_KEY = 64;
/** Changes that come together are told together. */
const TELL_MS = 100;
/** So often it is looked whether the keys of open sessions still count. */
const CHECK_MS = 10_000;

/**
 * The open MCP sessions of this replica. Each lives as long as its stream, and ends when the entry of its key is
 * withdrawn or expires. A rotation ends none: the new key is the same caller, and the old one is good for the overlap.
 */
export class McpSessions {
  readonly #dependencies: McpSessionsDependencies;
  readonly #held = new Map<string, Held>();
  /** Open streams by key. */
  readonly #open = new Map<string, number>();
  readonly #gauge;
  #isTelling = false;
  #checking: Timer | undefined;
  #draining = false;

  constructor(dependencies: McpSessionsDependencies) {
    this.#dependencies = dependencies;
    this.#gauge = dependencies.metrics.gauge('sympozium_mcp_sessions', 'Open MCP sessions.');
  }

  /** Makes the response the stream of a new session, or throws why there is none. */
  async open(request: FastifyRequest, reply: FastifyReply, by: ToolCaller): Promise<void> {
    if (this.#draining)
      throw new HttpError('overloaded', 'The proxy is stopping.', { headers: { 'retry-after': '1' } });
    const release = this.#reserve(by.caller);
    const id = Buffer.from(this.#dependencies.random.bytes(24)).toString('base64url');
    let isOver = false;
    whenOver(request.raw, reply.raw, () => {
      isOver = true;
      this.#held.get(id)?.session.gone();
      this.#held.delete(id);
      if (this.#held.size === 0) this.#stopChecking();
      release();
    });
    // The SDK is loaded with the first session: a proxy that serves none starts without it.
    const { McpSession } = await import('./session.js');
    if (isOver) return;
    const { calls } = this.#dependencies;
    const session = new McpSession(this.#stream(id, reply), calls, by);
    this.#held.set(id, { session, keyId: by.caller.id });
    this.#checking ??= this.#checkLater();
    await session.start();
    if (this.#draining) session.drain();
  }

  /** The session of this id; throws `mcp_session_not_found` for one that is not here, or is another key's. */
  find(id: unknown, caller: Caller): McpSession {
    const held = typeof id === 'string' ? this.#held.get(id) : undefined;
    if (held?.keyId !== caller.id) throw new HttpError('mcp_session_not_found');
    return held.session;
  }

  /** What may be called has changed, or may have. */
  tellChanges(): void {
    if (this.#isTelling || this.#held.size === 0) return;
    this.#isTelling = true;
    this.#dependencies.clock.after(TELL_MS, () => {
      this.#isTelling = false;
      for (const { session } of this.#held.values()) void session.tellChanges();
    });
  }

  /** From now on there are no new sessions, and each ends once nothing runs in it. */
  drain(): void {
    this.#draining = true;
    for (const { session } of this.#held.values()) session.drain();
  }

  /** What may no longer be posted to is not kept open either, once nothing runs in it. */
  #checkLater(): Timer {
    const { clock, keys } = this.#dependencies;
    return clock.after(CHECK_MS, () => {
      for (const { session, keyId } of this.#held.values()) if (!keys.ring.has(keyId, clock.now())) session.drain();
      this.#checking = this.#checkLater();
    });
  }

  #stopChecking(): void {
    this.#checking?.cancel();
    this.#checking = undefined;
  }

  #stream(id: string, reply: FastifyReply): SseWriter {
    const { clock } = this.#dependencies;
    // Relative to the stream's own address, so that it is right behind any path prefix.
    const preamble = (): string => `message?sessionId=${id}`;
    return new SseWriter({ reply, clock, preamble, encode, comment: 'the session goes on' });
  }

  #reserve({ id }: Caller): () => void {
    const open = this.#open.get(id) ?? 0;
    if (open >= MOST_OF_A_KEY)
      throw new HttpError('rate_limit_exceeded', `This key has ${open} MCP sessions open. Close one of them first.`, {
        headers: { 'retry-after': '10' },
      });
    this.#open.set(id, open + 1);
    this.#gauge.inc();
    return () => {
      this.#gauge.dec();
      const left = (this.#open.get(id) ?? 1) - 1;
      if (left > 0) this.#open.set(id, left);
      else this.#open.delete(id);
    };
  }
}

/** The first event is a string, the address to post to; all others are messages. */
const encode = (event: unknown): string =>
  typeof event === 'string'
    ? `event: endpoint\ndata: ${event}\n\n`
    : `event: message\ndata: ${JSON.stringify(event)}\n\n`;
