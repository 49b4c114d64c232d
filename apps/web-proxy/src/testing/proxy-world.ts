import type { AgentRun } from '@sympozium/api';
import { systemClock, type Clock } from '@sympozium/process';
import { settle, silentLogger } from '@sympozium/process/testing';
import { RunWorld } from '@sympozium/run-client/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLOCK, compose, LOG, register, type WebProxy } from '../composition.js';
import { SECRET } from '../keys/key-secret.js';
import { readWebProxySettings, type Settings } from '../settings.js';
import { secretOf } from './secrets.js';
import { AgentDouble, TokenSigner, type TokenClaims } from './agent-double.js';

export const API_KEY = 'sk-test-0123456789abcdefghijklmnop';

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

export interface ProxyWorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Entries of the keys folder besides `api-key`. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Fills the API server before the proxy starts. */
  readonly prepare?: (runs: RunWorld) => void;
  /** Another replica, before the same API server. */
  readonly beside?: ProxyWorld;
}

/** The whole web proxy on loopback sockets, before an API server in memory; the test plays operator and agents. */
export class ProxyWorld {
  readonly runs: RunWorld;
  readonly signer: TokenSigner;
  readonly keysFolder: string;
  readonly #proxy: WebProxy;
  readonly #seen = new Set<string>();
  #stopped = false;

  private constructor(parts: { runs: RunWorld; signer: TokenSigner; keysFolder: string; proxy: WebProxy }) {
    this.runs = parts.runs;
    this.signer = parts.signer;
    this.keysFolder = parts.keysFolder;
    this.#proxy = parts.proxy;
  }

  static async start(options: ProxyWorldOptions = {}): Promise<ProxyWorld> {
    const { env, keys, clock = systemClock, prepare, beside } = options;
    const keysFolder = mkdtempSync(join(tmpdir(), 'web-proxy-keys-'));
    for (const [name, content] of Object.entries({ 'api-key': API_KEY, ...keys }))
      writeFileSync(join(keysFolder, name), content);
    const settings = settingsOf({ SYMPOZIUM_KEYS_DIR: keysFolder, ...env });
    const runs = beside?.runs ?? new RunWorld({ clock });
    const signer = beside?.signer ?? (await TokenSigner.create(runs.client));
    prepare?.(runs);
    const container = register(settings, runs.client).value(CLOCK, clock).value(LOG, silentLogger());
    const proxy = await compose(settings, container);
    await proxy.runnable.start();
    return new ProxyWorld({ runs, signer, keysFolder, proxy });
  }

  /** Makes an instance and waits until the proxy offers it. */
  async instance(...args: Parameters<RunWorld['instance']>): Promise<void> {
    this.runs.instance(...args);
    for (;;) {
      const { data } = (await (await this.fetch('/v1/models')).json()) as { data: { id: string }[] };
      if (data.some(({ id }) => id === args[0])) return;
    }
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#proxy.describe().port}`;
  }

  get metricsEndpoint(): string {
    return `http://127.0.0.1:${this.#proxy.describe().metricsPort}`;
  }

  /** Puts a Secret of API keys there, in the place of the one of its name. */
  putKeys(name: string, entries: Readonly<Record<string, string>>): void {
    this.runs.client.server.put(SECRET, secretOf(name, entries));
  }

  /** A call with the key, unless the headers say otherwise. */
  fetch(path: string, init: Init = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${API_KEY}`, ...init.headers };
    return fetch(`${this.endpoint}${path}`, { ...init, headers });
  }

  /** A chat completion as JSON over plain HTTP. */
  post(body: unknown, init: Init = {}): Promise<Response> {
    return this.fetch('/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
  }

  /** The next run that was made, in whatever order. */
  async nextRun(): Promise<AgentRun> {
    for (;;) {
      this.#mustRun();
      const run = this.runs.runs.find(({ metadata }) => !this.#seen.has(metadata.uid ?? ''));
      if (run) {
        this.#seen.add(run.metadata.uid ?? '');
        return run;
      }
      await settle();
    }
  }

  /** Resolves when the run is cancelled. */
  async cancelled({ metadata }: AgentRun): Promise<void> {
    while (this.runs.run(metadata.name)?.spec.cancel !== true) {
      this.#mustRun();
      await settle();
    }
  }

  async agent(run: AgentRun, claims?: TokenClaims): Promise<AgentDouble> {
    return new AgentDouble(run, await this.signer.sign(run, claims));
  }

  /** Answers the next run, and says which it was. */
  async answerNext(...pieces: readonly string[]): Promise<AgentRun> {
    const run = await this.nextRun();
    const agent = await this.agent(run);
    agent.answer(...pieces);
    await agent.end();
    return run;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#proxy.runnable.stop();
    rmSync(this.keysFolder, { recursive: true });
  }

  /** Ends the waits of a test that is over. */
  #mustRun(): void {
    if (this.#stopped) throw new Error('the world was stopped');
  }
}

function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const settings = readWebProxySettings([], {
    HOST: '127.0.0.1',
    PORT: '0',
    STREAM_PORT: '0',
    METRICS_PORT: '0',
    DRAIN_MS: '0',
    GRACE_MS: '0',
    ...env,
  });
  if (!settings) throw new Error('there are no settings');
  return settings;
}
