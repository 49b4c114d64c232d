import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  ErrorCode,
  JSONRPCMessageSchema,
  type JSONRPCRequest,
  type ProgressToken,
  type ServerResult,
} from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv-provider.js';
import { HttpError } from '../openai/errors.js';
import type { SseWriter } from '../routes/sse-writer.js';
import { InvalidParams } from './invalid-params.js';
import type { Progress } from './progress-relay.js';
import { SseTransport } from './sse-transport.js';
import type { ToolCaller, ToolCalls } from './tool-calls.js';
import { toolOf } from './tool.js';

/** What the SDK's server hands to a handler, as far as it is used. */
interface Extra {
  readonly signal: AbortSignal;
  readonly _meta?: { readonly progressToken?: ProgressToken | undefined } | undefined;
}

const SERVER = { name: 'sympozium', version: '0.1.0' };
const CAPABILITIES = { tools: { listChanged: true } };
/** Never used, since nothing is asked of clients; without it each server would make its own. */
const VALIDATOR = new AjvJsonSchemaValidator();

/** One client's MCP session: a stream to it, and what it posts. */
export class McpSession {
  readonly #calls: ToolCalls;
  readonly #transport: SseTransport;
  readonly #server = new Server(SERVER, { capabilities: CAPABILITIES, jsonSchemaValidator: VALIDATOR });
  readonly #gone = new AbortController();
  /** Who posted last: the key is always the same one, but what it may do can change. */
  #by: ToolCaller;
  /** The tools as the client knows them; undefined when it has not asked. */
  #listed: string | undefined;
  #running = 0;
  #draining = false;

  constructor(sse: SseWriter, calls: ToolCalls, by: ToolCaller) {
    this.#calls = calls;
    this.#by = by;
    this.#transport = new SseTransport(sse);
    this.#server.fallbackRequestHandler = (request, extra) => this.#answer(request, extra);
  }

  /** Announces where to post to. */
  async start(): Promise<void> {
    await this.#server.connect(this.#transport);
  }

  /** Takes a message; its answer, if any, comes on the stream. Throws `invalid_request` for what is none. */
  async receive(body: unknown, by: ToolCaller): Promise<void> {
    const { data: message } = JSONRPCMessageSchema.safeParse(body);
    if (!message) throw new HttpError('invalid_request', 'The body must be one JSON-RPC 2.0 message.');
    await this.#transport.idle;
    this.#by = by;
    this.#transport.onmessage?.(message);
  }

  /** Tells the client when its tools are no longer those that it knows. */
  async toolsChanged(): Promise<void> {
    if (this.#listed === undefined) return;
    const known = this.#listed;
    if (this.#list() !== known) await this.#server.sendToolListChanged().catch(() => {}); // the stream has ended
  }
}
