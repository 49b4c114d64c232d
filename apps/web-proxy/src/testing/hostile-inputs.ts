import { seededRandom } from '@sympozium/process/testing';
import { REQUEST_FIELDS } from '../openai/request-fields.js';
import { API_KEY } from './proxy-world.js';

/** Inputs from a seed: requests that are nearly right, and what becomes of them when bytes are changed. */
export class HostileInputs {
  readonly #random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** The bytes of the next one. */
  next(): Buffer {
    const whole = Buffer.from(Array.from({ length: this.#below(8) === 0 ? 3 : 1 }, () => this.#request()).join(''));
    return this.#chance(0.3) ? this.#mutated(whole) : whole;
  }

  #request(): string {
    const method = this.#one('GET', 'GET', 'POST', 'POST', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'BREW');
    const body = method === 'GET' || method === 'HEAD' ? '' : this.#body();
    const head = [
      `${method} ${this.#target()} HTTP/${this.#one('1.1', '1.1', '1.1', '1.1', '1.0', '2.0', '9')}`,
      ...(this.#chance(0.95) ? ['host: x'] : []),
      `authorization: ${this.#one('Bearer', 'Bearer', 'bearer', 'Basic', '')} ${this.#one(API_KEY, API_KEY, 'sk-x', '')}`,
      `x-forwarded-for: ${this.#one('10', '2001:db8:', 'x')}.${this.#below(250)}.0.${this.#below(250)}`,
      ...(this.#chance(0.3) ? [this.#header()] : []),
    ];
    const type = this.#one('application/json', 'application/json', 'application/json', 'text/plain', 'x', '');
    if (body === '') return `${head.join('\r\n')}\r\n\r\n`;
    head.push(`content-type: ${type}`);
    if (this.#chance(0.15)) {
      const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
      return `${head.join('\r\n')}\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${this.#one('0\r\n\r\n', '0\r\n\r\n', 'zz\r\n')}`;
    }
    const length = this.#chance(0.95) ? Buffer.byteLength(body) : this.#one(0, 3, 99_999_999, -1, 1e30);
    return `${head.join('\r\n')}\r\ncontent-length: ${length}\r\n\r\n${body}`;
  }

  #target(): string {
    const path = this.#one(
      ...['/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions', '/v1/models', '/healthz', '/'],
      ...['/v1/models/nobody', '/v1/models/%00', '/v1/models/%zz', '/v1/../metrics', '//v1//models', '/%2e%2e/', '*'],
      ...[`/v1/models/${'m'.repeat(3_000)}`, '/v1/models/__proto__', '/v1/models/a%2fb', 'v1', '/\u00e9'],
    );
    return `${this.#chance(0.1) ? 'http://elsewhere' : ''}${path}${this.#one('', '', '?x=1', '?%', '#', '?__proto__[x]=1')}`;
  }

  #header(): string {
    return this.#one(
      ...['expect: 100-continue', 'expect: nothing', 'connection: upgrade\r\nupgrade: h2c', 'content-encoding: gzip'],
      ...['x-request-id: \u0001', `x-request-id: ${'i'.repeat(500)}`, 'idempotency-key: ', 'content-length: 5'],
      ...[
        'transfer-encoding: gzip',
        `x-long: ${'y'.repeat(17_000)}`,
        ' folded: x',
        'no-colon',
        ': nameless',
        'host: y',
      ],
      ...[
        `idempotency-key: ${'k'.repeat(300)}`,
        'accept: text/html',
        'trailer: x',
        'te: trailers',
        'connection: close',
      ],
    );
  }

  #body(): string {
    if (this.#chance(0.1)) return this.#one('{', '[]', 'null', '""', '{"__proto__":{}}', '\u0000', '['.repeat(4_000));
    if (this.#chance(0.03)) return JSON.stringify('x'.repeat(6_000));
    const names = Object.keys(REQUEST_FIELDS);
    const fields = Array.from({ length: this.#below(4) }, () => [
      this.#one(...names, 'x', 'constructor'),
      this.#json(3),
    ]);
    const messages = this.#chance(0.5) ? [{ role: 'user', content: 'Hi' }] : this.#json(4);
    return JSON.stringify({ model: 'nobody', messages, ...(Object.fromEntries(fields) as object) });
  }

  #json(depth: number): unknown {
    const of = <T>(make: () => T): T[] => Array.from({ length: this.#below(4) }, make);
    const kind = depth === 0 ? this.#below(6) : this.#below(9);
    if (kind === 6) return of(() => this.#json(depth - 1));
    const names = ['role', 'content', 'type', 'text', 'function', 'name', 'tool_calls', '__proto__', 'toString'];
    if (kind > 6) return Object.fromEntries(of(() => [this.#one(...names), this.#json(depth - 1)]));
    return this.#one<unknown>(
      null,
      true,
      -1,
      1e308,
      '',
      'user',
      'text',
      'function',
      '\ud800',
      '\u2028',
      'x'.repeat(300),
    );
  }

  /** A few bytes are left out, doubled or replaced, and sometimes the end is missing. */
  #mutated(bytes: Buffer): Buffer {
    let all = bytes;
    for (let i = this.#below(4); i >= 0; i -= 1) {
      const at = this.#below(all.length);
      const to = at + this.#one(0, 1, 1, 5, 40);
      const put = this.#one(
        '',
        '\r\n',
        '\r',
        ' ',
        '\0',
        '\xff',
        ':',
        all.subarray(at, to).toString('latin1').repeat(2),
      );
      all = Buffer.concat([all.subarray(0, at), Buffer.from(put, 'latin1'), all.subarray(to)]);
    }
    return this.#chance(0.2) ? all.subarray(0, this.#below(all.length)) : all;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.float() * limit);
  }

  #chance(share: number): boolean {
    return this.#random.float() < share;
  }

  #one<T>(...choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }
}
