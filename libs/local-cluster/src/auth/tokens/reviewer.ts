import type { Authenticator, User } from '../auth.js';

/** A token's user and those of the audiences that it is meant for. */
export interface Authenticated {
  readonly user: User;
  readonly audiences: readonly string[];
}

/** Knows tokens for audiences of their own, as a TokenReview asks. */
export interface TokenReviewer extends Authenticator {
  /** For the API server itself where no audience is named; a text says what is wrong with the token. */
  review(token: string, audiences: readonly string[]): Promise<Authenticated | string>;
}

export const INVALID_TOKEN = 'invalid bearer token';

/** Asks one after the other. */
export class TokenReviewers implements TokenReviewer {
  readonly #reviewers: readonly TokenReviewer[];

  constructor(...reviewers: TokenReviewer[]) {
    this.#reviewers = reviewers;
  }

  async authenticate(token: string): Promise<User | undefined> {
    for (const reviewer of this.#reviewers) {
      const user = await reviewer.authenticate(token);
      if (user) return user;
    }
    return undefined;
  }

  async review(token: string, audiences: readonly string[]): Promise<Authenticated | string> {
    const problems = new Set([INVALID_TOKEN]);
    for (const reviewer of this.#reviewers) {
      const found = await reviewer.review(token, audiences);
      if (typeof found !== 'string') return found;
      problems.add(found);
    }
    return problems.size === 1 ? INVALID_TOKEN : `[${[...problems].join(', ')}]`;
  }
}
