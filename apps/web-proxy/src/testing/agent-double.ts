import { streamAudience, type AgentRun } from '@sympozium/api';
import type { FakeKubeClient } from '@sympozium/kube/testing';
import { encodeFrame, PROTOCOL_VERSION, type FrameBody } from '@sympozium/run-protocol';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

export interface TokenClaims {
  readonly audience?: string;
  readonly subject?: string;
  readonly issuer?: string;
  /** Seconds since 1970. */
  readonly expires?: number;
}

/** Signs the tokens that a cluster gives to its Pods, and publishes its keys. */
export class TokenSigner {
  readonly #client: FakeKubeClient;
  readonly #keys: { readonly kid: string; readonly key: CryptoKey; readonly jwk: object }[] = [];

  private constructor(client: FakeKubeClient) {
    this.#client = client;
    client.onRaw('GET', '/.well-known/openid-configuration', () => ({ issuer: ISSUER }));
    client.onRaw('GET', '/openid/v1/jwks', () => ({ keys: this.#keys.map(({ jwk }) => jwk) }));
  }

  static async create(client: FakeKubeClient): Promise<TokenSigner> {
    const signer = new TokenSigner(client);
    await signer.rotate();
    return signer;
  }

  /** From now on a new key signs; the old ones stay published. */
  async rotate(): Promise<void> {
    const kid = `key-${this.#keys.length}`;
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    this.#keys.push({ kid, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } });
  }

  /** How often the keys were read. */
  get reads(): number {
    return this.#client.calls.filter((call) => call.request === 'GET /openid/v1/jwks').length;
  }

  sign(run: AgentRun, claims: TokenClaims = {}): Promise<string> {
    const newest = this.#keys.at(-1);
    if (!newest) throw new Error('there is no key');
    return new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: newest.kid })
      .setIssuer(claims.issuer ?? ISSUER)
      .setAudience(claims.audience ?? streamAudience(run.metadata.uid ?? ''))
      .setSubject(claims.subject ?? 'system:serviceaccount:default:default')
      .setExpirationTime(claims.expires ?? Math.floor(Date.now() / 1000) + 3600)
      .sign(newest.key);
  }
}

/** Plays the agent of one run: posts its frames to the run's stream. */
export class AgentDouble {
  readonly #request: ClientRequest;
  readonly #response: Promise<IncomingMessage>;
  #seq = 0;

  constructor(run: AgentRun, token: string) {
    this.#request = request(run.spec.stream?.url ?? '', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    });
    this.#response = once(this.#request, 'response').then(([response]) => (response as IncomingMessage).resume());
    this.#response.catch(() => {}); // a stream that the test breaks has no answer
    this.#request.flushHeaders();
  }

  say(...bodies: readonly FrameBody[]): void {
    for (const body of bodies)
      this.#request.write(encodeFrame({ v: PROTOCOL_VERSION, attempt: 'pod', seq: this.#seq++, ...body }));
  }

  /** Says a whole answer, piece by piece. */
  answer(...pieces: readonly string[]): void {
    this.say({ type: 'started' }, ...pieces.map((text) => ({ type: 'delta' as const, text })), {
      type: 'result',
      status: 'ok',
      text: pieces.join(''),
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    });
  }

  fail(code: string, message: string): void {
    this.say({ type: 'result', status: 'error', text: '', finishReason: 'error', error: { code, message } });
  }

  /** The status of the proxy's answer to the whole stream. */
  async end(): Promise<number | undefined> {
    this.#request.end();
    return (await this.#response).statusCode;
  }

  /** The connection breaks. */
  break(): void {
    this.#request.destroy();
  }
}
