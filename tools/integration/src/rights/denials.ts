import type { AuditLine } from '../fixture/audit.js';
import type { App } from './app.js';
import { appRequest, type AppRequest } from './request.js';

/** What a test calls itself when it tries, as one of the apps, what must be refused; no app calls itself so. */
export const TRESPASSER = 'suite-trespasser';

const FORBIDDEN = 403;

interface Denial extends AppRequest {
  /** When it was asked. */
  readonly at: string;
  /** The request and the server's reason. */
  readonly text: string;
}

/**
 * Takes the log's lines one by one and keeps what our apps were denied. A namespace that is being deleted loses its
 * roles first, and what is asked of it from then on may be refused.
 */
export class Denials {
  readonly #all: Denial[] = [];
  /** By namespace, when its deletion was first asked for. */
  readonly #deleted = new Map<string, string>();

  take(line: AuditLine): void {
    const { verb, objectRef, requestReceivedTimestamp: at, requestURI, userAgent, responseStatus } = line;
    if (verb === 'delete' && objectRef?.resource === 'namespaces') this.#noteDeletion(objectRef.name ?? '', at);
    const request = appRequest(line);
    if (request?.code !== FORBIDDEN || userAgent === TRESPASSER) return;
    this.#all.push({ ...request, at, text: `${verb} ${requestURI}: ${responseStatus?.message}` });
  }

  /** Each once. */
  of(app: App): readonly string[] {
    const denials = this.#all.filter((denial) => denial.app === app && !this.#isDeleted(denial));
    return [...new Set(denials.map(({ text }) => text))].sort();
  }

  #noteDeletion(namespace: string, at: string): void {
    const before = this.#deleted.get(namespace);
    if (before === undefined || at < before) this.#deleted.set(namespace, at);
  }

  #isDeleted({ namespace, at }: Denial): boolean {
    const deletedAt = this.#deleted.get(namespace);
    return deletedAt !== undefined && deletedAt <= at;
  }
}
