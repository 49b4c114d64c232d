import type { AuditLine } from '../fixture/audit.js';
import type { App } from './app.js';
import { Denials } from './denials.js';
import { grantName, type Grant } from './grant.js';
import { appRequest } from './request.js';
import { isUseOf, usesOf } from './use.js';

/** What an audit log says about rights: those that nobody used, and requests that were denied. */
export class RightsProof {
  readonly #grants: readonly Grant[];
  readonly #unused: Set<Grant>;
  readonly #denials = new Denials();

  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
    this.#unused = new Set(grants);
  }

  take(line: AuditLine): void {
    this.#denials.take(line);
    const request = appRequest(line);
    for (const use of request ? usesOf(request, this.#grants) : [])
      for (const grant of this.#unused) if (isUseOf(use, grant)) this.#unused.delete(grant);
  }

  /** What an app may do and never did. */
  unused(app: App): readonly string[] {
    const grants = [...this.#unused].filter((grant) => grant.app === app);
    return [...new Set(grants.map(grantName))].sort();
  }

  /** What an app was denied, and why. */
  denied(app: App): readonly string[] {
    return this.#denials.of(app);
  }
}
