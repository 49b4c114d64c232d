import { FakeClock, silentLogger } from '@sympozium/process/testing';
import { createAuthority } from '@sympozium/tls';
import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AuditRecord } from '../../auth/auth.js';
import { notFound } from '../../api-error.js';
import { createApiServer, type ApiServer, type ApiServerOptions } from '../index.js';
import { TestApi } from './test-api.js';
import { testRegistry } from './test-resources.js';

interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed, if it is JSON. */
  readonly json: unknown;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A server on a test's API, with its clients' side. */
export interface TestServer {
  readonly server: ApiServer;
  readonly api: TestApi;
  readonly clock: FakeClock;
  readonly audit: AuditRecord[];
  /** Who may not do what: answers for the authorizer. */
  readonly denied: Set<string>;
  readonly port: number;
  readonly ca: string;
  ask(path: string, options?: Ask): Promise<Answer>;
  /** An answer that has begun. */
  open(path: string, options?: Ask): Promise<IncomingMessage>;
  stop(): Promise<void>;
}

/** Tokens `admin` and `jane` are theirs; the clock stands at 2026-01-01. */
export async function startTestServer(given: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const authority = await createAuthority('test-ca');
  const tls = await authority.issue({ commonName: 'kube-apiserver', hosts: ['127.0.0.1'], usage: 'server' });
  const api = new TestApi();
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const audit: AuditRecord[] = [];
  const denied = new Set<string>();
  const server = createApiServer({
    api,
    registry: testRegistry(),
    revision: () => 42,
    authenticator: {
      authenticate: (token) =>
        Promise.resolve(['admin', 'jane'].includes(token) ? { name: token, groups: [] } : undefined),
    },
    authorizer: {
      authorize: ({ user, verb }) => ({ allowed: !denied.has(user.name) && !denied.has(verb), reason: '' }),
    },
    audit: { write: (record) => void audit.push(record), close: () => Promise.resolve() },
    tls,
    version: { major: '1', minor: '37', gitVersion: 'v1.37.2' },
    pods: { log: (_exchange, { name }) => Promise.reject(notFound({ group: '', plural: 'pods' }, name)) },
    handlers: new Map(),
    clock,
    log: silentLogger(),
    ...given,
  });
  await server.start();
  const agent = new Agent({ keepAlive: true });
  const base = (path: string, { method = 'GET', headers = {} }: Ask): RequestOptions => ({
    host: '127.0.0.1',
    port: server.port,
    path,
    method,
    ca: authority.cert,
    agent,
    headers: { authorization: 'Bearer admin', 'user-agent': 'tester/1', ...headers },
  });
  const open = (path: string, options: Ask = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request(base(path, options), resolve).on('error', reject).end(options.body);
    });
  return {
    server,
    api,
    clock,
    audit,
    denied,
    port: server.port,
    ca: authority.cert,
    open,
    ask: async (path, options) => answerOf(await open(path, options)),
    stop: async () => {
      agent.destroy();
      await server.stop();
    },
  };
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += String(part);
  const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
  const json: unknown = isJson && !response.headers['content-encoding'] ? JSON.parse(text) : undefined;
  return { code: response.statusCode ?? 0, headers: response.headers, text, json };
}
