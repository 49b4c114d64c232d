import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  JSONRPCMessageSchema,
  type CallToolResult,
  type JSONRPCRequest,
  type ListToolsResult,
  type ProgressToken,
} from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv-provider.js';
import { HttpError } from '../openai/errors.js';
import type { SseWriter } from '../routes/sse-writer.js';
import type { Progress } from './progress-relay.js';
import { invalidParams, methodNotFound } from './rpc-error.js';
import { SseTransport } from './sse-transport.js';
import { failed, toolOf } from './tool.js';
import type { ToolCaller, ToolCalls } from './tool-calls.js';

type Params = Readonly<Record<string, unknown>>;

/** What the SDK's server tells of a request besides the request, as far as it is used here. */
interface Extra {
  readonly signal: AbortSignal;
  readonly _meta?: { readonly progressToken?: ProgressToken | undefined } | undefined;
}

const SERVER = { name: 'sympozium', version: '0.1.0' };
const CAPABILITIES = { tools: { listChanged: true } };
/** Nothing is asked of clients, so it never works; but without it each server would make one of its own. */
const VALIDATOR = new AjvJsonSchemaValidator();

/** One client's MCP session: the stream to it, and what it posts. */
export class McpSession {
  readonly #calls: Pick<ToolCalls, 'instances' | 'call'>;
  readonly #transport: SseTransport;
  readonly #server = new Server(SERVER, { capabilities: CAPABILITIES, jsonSchemaValidator: VALIDATOR });
  /** What gives up each call that runs. */
  readonly #running = new Set<() => void>();
  /** As who posted last: it is always the same key, but what a key may do can change. */
  #by: ToolCaller;
  /** The tools as the client knows them; undefined when it never asked. */
  #listed: string | undefined;
  #draining = false;

  constructor(sse: SseWriter, calls: Pick<ToolCalls, 'instances' | 'call'>, by: ToolCaller) {
    this.#calls = calls;
    this.#by = by;
    this.#transport = new SseTransport(sse);
    this.#server.fallbackRequestHandler = (request, extra) => this.#answer(request, extra);
  }

  /** Announces where to post to. */
  async start(): Promise<void> {
    await this.#server.connect(this.#transport);
  }

  /**
   * Takes a message, once the client has taken what was sent to it; its answer, if any, comes on the stream. Throws
   * `invalid_request` for what is no message, `mcp_session_not_found` when the stream has ended meanwhile.
   */
  async receive(body: unknown, by: ToolCaller): Promise<void> {
    const { data: message } = JSONRPCMessageSchema.safeParse(body);
    if (!message) throw new HttpError('invalid_request', 'The body must be one JSON-RPC 2.0 message.');
    await this.#transport.idle;
    if (this.#transport.closed) throw new HttpError('mcp_session_not_found');
    const isSame = by.caller === this.#by.caller;
    this.#by = by;
    if (!isSame) void this.tellChanges();
    this.#transport.onmessage?.(message);
  }

  /** Tells the client if its tools are no longer those that it knows. */
  async tellChanges(): Promise<void> {
    if (this.#listed === undefined) return;
    const known = this.#listed;
    this.#list();
    if (this.#listed !== known) await this.#server.sendToolListChanged().catch(ignoreClosed);
  }

  /** From now on no call is begun, and the session ends with the last one that runs. */
  drain(): void {
    this.#draining = true;
    void this.#endIfDrained();
  }

  /** The stream has ended: nobody waits for what runs. */
  gone(): void {
    for (const abandon of this.#running) abandon();
    this.#transport.gone();
  }

  async #answer({ method, params = {} }: JSONRPCRequest, extra: Extra): Promise<ListToolsResult | CallToolResult> {
    if (method === 'tools/call') return this.#call(params, extra);
    if (method !== 'tools/list') throw methodNotFound(method);
    if (params['cursor'] !== undefined) throw invalidParams('There is one page of tools only: leave cursor out.');
    return this.#list();
  }

  #list(): ListToolsResult {
    const tools = this.#calls.instances(this.#by).map(toolOf);
    this.#listed = JSON.stringify(tools);
    return { tools };
  }

  async #call({ name, arguments: args }: Params, { signal, _meta }: Extra): Promise<CallToolResult> {
    if (typeof name !== 'string') throw invalidParams('name must be the name of a tool.');
    if (this.#draining) return failed('overloaded', 'The session is ending. Open a new one.');
    const token = _meta?.progressToken;
    const waiting = new AbortController();
    const abandon = (): void => waiting.abort(new HttpError('Cancelled', 'The caller waits for it no longer.'));
    signal.addEventListener('abort', abandon, { once: true });
    this.#running.add(abandon);
    try {
      return await this.#calls.call({
        by: this.#by,
        tool: name,
        args,
        signal: waiting.signal,
        ...(token !== undefined && { progress: (progress) => this.#progress(token, progress) }),
      });
    } finally {
      this.#running.delete(abandon);
      // The server sends the result after this.
      setImmediate(() => void this.#endIfDrained());
    }
  }

  #progress(progressToken: ProgressToken, { progress, message }: Progress): Promise<void> {
    const params = { progressToken, progress, ...(message !== undefined && { message }) };
    return this.#server.notification({ method: 'notifications/progress', params }).catch(ignoreClosed);
  }

  async #endIfDrained(): Promise<void> {
    if (this.#draining && this.#running.size === 0) await this.#transport.close();
  }
}

/** Who waits for a message has gone, and with him his calls: `gone` saw to that. */
const ignoreClosed = (): void => {};
