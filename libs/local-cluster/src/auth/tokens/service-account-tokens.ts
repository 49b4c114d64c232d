import type { Clock, Random } from '@sympozium/process';
import type { KeyPairPem } from '@sympozium/tls';
import { CompactSign, compactVerify } from 'jose';
import type { RevisionStore } from '../../storage/revision-store.js';
import type { User } from '../auth.js';
import { goList } from '../rbac/covers.js';
import { uuidOf } from '../../uuid.js';
import { problemOf } from './check-claims.js';
import { claimsOf, ISSUER, userOf, type Claims, type Grant } from './claims.js';
import { signingKeyOf, type SigningKey } from './signing-key.js';
import { INVALID_TOKEN, type Authenticated, type TokenReviewer } from './reviewer.js';

export interface ServiceAccountTokensOptions {
  readonly store: RevisionStore;
  /** May be in the making; what needs them waits. */
  readonly keys: KeyPairPem | Promise<KeyPairPem>;
  readonly clock: Clock;
  readonly random: Random;
}

const ALGORITHM = 'RS256';
const BAD_SIGNATURE = 'go-jose/go-jose: error in cryptographic primitive';

/** Signs and knows the tokens of ServiceAccounts; a token ends with its account and with the object it is bound to. */
export class ServiceAccountTokens implements TokenReviewer {
  readonly #options: ServiceAccountTokensOptions;
  readonly #key: Promise<SigningKey>;

  constructor(options: ServiceAccountTokensOptions) {
    this.#options = options;
    this.#key = Promise.resolve(options.keys).then(signingKeyOf);
    this.#key.catch(() => {}); // told to each who needs it
  }

  /** The token, and the id that it is known by in audit logs. */
  async mint(grant: Grant): Promise<{ token: string; id: string }> {
    const { clock, random } = this.#options;
    const id = uuidOf(random);
    const claims = claimsOf(grant, ISSUER, Math.floor(clock.now() / 1000), id);
    const { id: kid, privateKey } = await this.#key;
    const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: ALGORITHM, kid })
      .sign(privateKey);
    return { token, id };
  }

  async authenticate(token: string): Promise<User | undefined> {
    const found = await this.review(token, []);
    return typeof found === 'string' ? undefined : found.user;
  }

  async review(token: string, audiences: readonly string[]): Promise<Authenticated | string> {
    if (!isOurs(token)) return INVALID_TOKEN;
    const claims = await this.#verified(token);
    if (!claims) return BAD_SIGNATURE;
    const wanted = audiences.length === 0 ? [ISSUER] : audiences;
    const meant = claims.aud.filter((audience) => wanted.includes(audience));
    if (meant.length === 0) {
      return `token audiences ${goList(claims.aud)} is invalid for the target audiences ${goList(wanted)}`;
    }
    const now = this.#options.clock.now() / 1000;
    return problemOf(claims, this.#options.store, now) ?? { user: userOf(claims), audiences: meant };
  }

  async #verified(token: string): Promise<Claims | undefined> {
    const { publicKey } = await this.#key;
    try {
      const { payload } = await compactVerify(token, publicKey, { algorithms: [ALGORITHM] });
      return JSON.parse(Buffer.from(payload).toString('utf8')) as Claims;
    } catch {
      return undefined;
    }
  }

  /** `/openid/v1/jwks`. */
  async jwks(): Promise<object> {
    const { id: kid, publicKey } = await this.#key;
    const { n, e } = publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', kty: 'RSA', kid, alg: ALGORITHM, n, e }] };
  }
}

/** `/.well-known/openid-configuration` of a server at `server`, e.g. `https://127.0.0.1:6443`. */
export const oidcDiscovery = (server: string): object => ({
  issuer: ISSUER,
  jwks_uri: `${server}/openid/v1/jwks`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: [ALGORITHM],
});

/** Whether a token says that we signed it; not yet that we did. */
function isOurs(token: string): boolean {
  try {
    const [, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { iss?: unknown } | null;
    return signature !== undefined && claims?.iss === ISSUER;
  } catch {
    return false;
  }
}
