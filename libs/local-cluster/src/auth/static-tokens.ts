import { createHash } from 'node:crypto';
import type { LocalUser } from '../local-cluster-options.js';
import type { User } from './auth.js';
import { ISSUER } from './tokens/claims.js';
import { INVALID_TOKEN, type Authenticated, type TokenReviewer } from './tokens/reviewer.js';

/** Users that show a fixed token, as with `--token-auth-file`; it is meant for the API server alone. */
export class StaticTokens implements TokenReviewer {
  /** By the token's hash, so that how long a look-up takes tells nothing of a token. */
  readonly #users: ReadonlyMap<string, User>;

  constructor(users: readonly (LocalUser & { readonly token: string })[]) {
    this.#users = new Map(
      users.map(({ name, groups = [], token }) => [hashOf(token), { name, uid: name, groups: [...groups] }]),
    );
  }

  authenticate(token: string): Promise<User | undefined> {
    return Promise.resolve(this.#users.get(hashOf(token)));
  }

  review(token: string, audiences: readonly string[]): Promise<Authenticated | string> {
    const user = this.#users.get(hashOf(token));
    const meant = audiences.length === 0 || audiences.includes(ISSUER);
    return Promise.resolve(user && meant ? { user, audiences: [ISSUER] } : INVALID_TOKEN);
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');
