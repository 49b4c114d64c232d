import { createHash } from 'node:crypto';
import type { LocalUser } from '../local-cluster-options.js';
import type { Authenticator, User } from './auth.js';

/** Users that show a fixed token, as with `--token-auth-file`. */
export class StaticTokens implements Authenticator {
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
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');
