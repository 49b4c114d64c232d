import { streamAudience } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger } from '@sympozium/process';
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from 'jose';

/** Says whether a token is the one that the agent of this run got. */
export interface TokenVerifier {
  verify(token: string, runUid: string): Promise<boolean>;
}

export interface TokenVerifierOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the agents run: tokens of other namespaces' ServiceAccounts do not count. */
  readonly namespace: string;
}

/** Algorithms that the API server signs with; never a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'EdDSA'];
const REFETCH_PAUSE_MS = 5_000;
const CLOCK_TOLERANCE_S = 30;

interface Keys {
  readonly issuer: string;
  readonly resolve: ReturnType<typeof createLocalJWKSet>;
}

/** Checks projected ServiceAccount tokens with the cluster's published keys, without a call for each. */
export class ClusterTokenVerifier implements TokenVerifier {
  readonly #options: TokenVerifierOptions;
  #keys: Promise<Keys> | undefined;
  #fetchedAt = -Infinity;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
  }

  async verify(token: string, runUid: string): Promise<boolean> {
    try {
      await this.#verify(token, runUid, await this.#known());
      return true;
    } catch (error) {
      if (error instanceof errors.JOSEError) this.#options.log.debug({ reason: error.code }, 'stream token refused');
      else this.#options.log.warn({ err: error }, 'the cluster’s token keys cannot be read; streams are refused');
      return false;
    }
  }

  async #verify(token: string, runUid: string, keys: Keys): Promise<void> {
    const { clock, namespace } = this.#options;
    try {
      const { payload } = await jwtVerify(token, keys.resolve, {
        issuer: keys.issuer,
        audience: streamAudience(runUid),
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(clock.now()),
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      if (!payload.sub?.startsWith(`system:serviceaccount:${namespace}:`))
        throw new errors.JWTClaimValidationFailed('of another namespace', payload, 'sub', 'check_failed');
    } catch (error) {
      // The cluster may have new keys; a token made up by somebody must not bring a call each.
      const isUnknown = error instanceof errors.JWKSNoMatchingKey && this.#mayRefetch();
      if (!isUnknown) throw error;
      this.#keys = undefined;
      await this.#verify(token, runUid, await this.#known());
    }
  }

  #mayRefetch(): boolean {
    return this.#options.clock.now() - this.#fetchedAt >= REFETCH_PAUSE_MS;
  }

  #known(): Promise<Keys> {
    this.#keys ??= this.#fetch().catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }

  async #fetch(): Promise<Keys> {
    const { client, clock } = this.#options;
    this.#fetchedAt = clock.now();
    const [discovery, jwks] = await Promise.all([
      client.raw('GET', '/.well-known/openid-configuration'),
      client.raw('GET', '/openid/v1/jwks'),
    ]);
    return { issuer: (discovery as { issuer: string }).issuer, resolve: createLocalJWKSet(jwks as JSONWebKeySet) };
  }
}
