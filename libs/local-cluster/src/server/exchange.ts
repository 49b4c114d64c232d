import type { Clock } from '@sympozium/process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { stringify } from 'yaml';
import type { AuditLog, AuditRecord, User } from '../auth/auth.js';
import { negotiate, type Negotiated } from './negotiate.js';
import { attributesOf, type RequestInfo } from './request-info.js';
import { statusOf, type Status } from './status.js';

const compress = promisify(gzip);
/** As the real server: below, compressing costs more than it saves. */
const GZIP_THRESHOLD = 128 * 1024;
/** As sigs.k8s.io/yaml writes: sorted, lists at the edge, texts quoted that YAML 1.1 takes for something else. */
const YAML_FORM = { version: '1.1', sortMapEntries: true, indentSeq: false } as const;
const PRETTY_AGENTS = /^(curl|Wget|Mozilla\/5\.0)/;
const NOBODY: User = { name: '', groups: [] };

type RecordedFact = 'decision' | 'object' | 'failure';

/** One request and its answer: how it is written, warned about and put on record. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly info: RequestInfo;
  /** What else is put on record, as it becomes known. */
  readonly facts: { -readonly [Fact in RecordedFact]?: NonNullable<AuditRecord[Fact]> } = {};
  readonly #audit: AuditLog;
  readonly #receivedAt: number;
  readonly #streams: Set<ServerResponse>;
  readonly #warnings = new Set<string>();
  #user: User = NOBODY;

  constructor(
    { request, response, info }: { request: IncomingMessage; response: ServerResponse; info: RequestInfo },
    { audit, clock }: { audit: AuditLog; clock: Clock },
    streams: Set<ServerResponse>,
  ) {
    this.request = request;
    this.response = response;
    this.info = info;
    this.#audit = audit;
    this.#receivedAt = clock.now();
    this.#streams = streams;
  }

  get user(): User {
    return this.#user;
  }

  set user(user: User) {
    this.#user = user;
  }

  /** Who asked, where the user is whom they act as. */
  asker: User | undefined;

  get userAgent(): string {
    return this.request.headers['user-agent'] ?? '';
  }

  /** Bound, so that it can be handed on. */
  readonly warn = (text: string): void => void this.#warnings.add(text);

  negotiate(): Negotiated {
    const { convert, encoding, pretty } = negotiate(this.request.headers.accept);
    return { encoding, pretty: pretty || this.#isPretty, ...(convert && { convert }) };
  }

  get #isPretty(): boolean {
    const wish = this.info.query.get('pretty');
    return wish === null ? PRETTY_AGENTS.test(this.userAgent) : ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(wish);
  }

  /** Answers with an object in the negotiated encoding. */
  async send(code: number, body: unknown, form: Negotiated, reason?: string): Promise<void> {
    if (form.encoding === 'yaml') return this.#end(code, 'application/yaml', stringify(body, YAML_FORM), reason);
    const text = JSON.stringify(body, undefined, form.pretty ? 2 : undefined);
    return this.sendJson(code, text, reason);
  }

  /** Answers with JSON that is text already. */
  sendJson(code: number, text: string, reason?: string): Promise<void> {
    return this.#end(code, 'application/json', `${text}\n`, reason);
  }

  /** What the client has is still true. */
  async sendNotModified(): Promise<void> {
    this.record('ResponseComplete', 304);
    this.response.writeHead(304);
    this.response.end();
  }

  async sendText(code: number, text: string): Promise<void> {
    this.response.setHeader('x-content-type-options', 'nosniff');
    await this.#end(code, 'text/plain; charset=utf-8', text);
  }

  /** Answers with the Status of a refusal, if the answer has not begun; else ends it. */
  async fail(error: unknown): Promise<void> {
    if (this.response.headersSent) return void this.response.destroy();
    const status = statusOf(error);
    this.facts.failure = failureOf(status);
    const { retryAfterSeconds } = (status.details ?? {}) as { retryAfterSeconds?: number };
    if (retryAfterSeconds !== undefined) this.response.setHeader('retry-after', String(retryAfterSeconds));
    if (status.code === 413) this.response.setHeader('connection', 'close');
    await this.send(status.code, status, this.#formOfFailure(), status.reason ?? '');
  }

  #formOfFailure(): Negotiated {
    try {
      const { encoding, pretty } = this.negotiate();
      return { encoding, pretty };
    } catch {
      return { encoding: 'json', pretty: true };
    }
  }

  /** Begins an answer that is written bit by bit; what ends it calls `ended`. */
  beginStream(headers: Readonly<Record<string, string>>): { ended(): void } {
    this.record('ResponseStarted', 200);
    this.#writeWarnings();
    this.response.writeHead(200, { 'cache-control': 'no-cache, private', ...headers });
    this.response.flushHeaders();
    this.#streams.add(this.response);
    this.response.on('close', () => this.#streams.delete(this.response));
    return { ended: () => this.record('ResponseComplete', 200) };
  }

  record(stage: 'ResponseStarted' | 'ResponseComplete', code: number, reason?: string): void {
    this.#audit.write({
      attributes: attributesOf(this.info, this.asker ?? this.#user),
      ...(this.asker && { impersonated: this.#user }),
      request: this.request,
      ...this.facts,
      requestUri: this.request.url ?? '',
      userAgent: this.userAgent,
      sourceIp: this.request.socket.remoteAddress ?? '127.0.0.1',
      receivedAt: this.#receivedAt,
      stage,
      code,
      ...(reason !== undefined && { reason }),
    });
  }

  async #end(code: number, type: string, text: string, reason?: string): Promise<void> {
    let body: Buffer = Buffer.from(text);
    if (body.length > GZIP_THRESHOLD && /\bgzip\b/.test(this.#header('accept-encoding'))) {
      body = await compress(body, { level: 1 });
      this.response.setHeader('content-encoding', 'gzip');
      this.response.setHeader('vary', 'Accept-Encoding');
    }
    this.record('ResponseComplete', code, reason);
    this.#writeWarnings();
    this.response.setHeader('cache-control', 'no-cache, private');
    if (!this.response.hasHeader('content-type')) this.response.setHeader('content-type', type);
    this.response.setHeader('content-length', body.length);
    this.response.writeHead(code);
    this.response.end(this.info.method === 'HEAD' ? undefined : body);
  }

  #header(name: string): string {
    return String(this.request.headers[name] ?? '');
  }

  #writeWarnings(): void {
    if (this.#warnings.size === 0) return;
    this.response.setHeader('warning', [...this.#warnings].map(warningHeader));
  }
}

const failureOf = ({ message, details }: Status): NonNullable<AuditRecord['failure']> => ({
  ...(message !== undefined && { message }),
  ...(details && { details }),
});

/** `299 - "text"`; the bytes of UTF-8, since a header has no others. */
function warningHeader(text: string): string {
  const printable = text.replace(/\p{Cc}+/gu, ' ').replace(/["\\]/g, '\\$&');
  return `299 - "${Buffer.from(printable).toString('latin1')}"`;
}
