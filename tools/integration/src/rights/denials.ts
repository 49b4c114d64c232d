import type { AuditLine } from '../fixture/audit.js';
import { appOfBinding, APPS, type App } from './app.js';
import { appRequest, type AppRequest } from './request.js';

/** What a test calls itself when it tries, as one of the apps, what must be refused; no app calls itself so. */
export const TRESPASSER = 'suite-trespasser';

const FORBIDDEN = 403;
const CREATED = 201;
/** No matter of rights: nothing can be made in a namespace, or of a kind, that is being deleted. */
const ENDING = /(is terminating|because it is being terminated)$/;

interface Denial extends AppRequest {
  /** When it was asked. */
  readonly at: string;
  /** The request and the server's reason. */
  readonly text: string;
}

/** A namespace that loses the charts' roles, or gets them. */
interface Turn {
  readonly at: string;
  readonly has: boolean;
}

/**
 * Takes the log's lines one by one and keeps what our apps were denied. Where somebody has taken their roles away,
 * because he uninstalls the chart or deletes the namespace, whoever still works is refused what he did before.
 */
export class Denials {
  readonly #all: Denial[] = [];
  /** By app and namespace. */
  readonly #turns = new Map<string, Turn[]>();

  take(line: AuditLine): void {
    this.#noteTurn(line);
    const request = appRequest(line);
    if (request?.code !== FORBIDDEN || line.userAgent === TRESPASSER) return;
    const why = line.responseStatus?.message ?? '';
    if (ENDING.test(why)) return;
    const { verb, requestReceivedTimestamp: at, requestURI } = line;
    this.#all.push({ ...request, at, text: `${verb} ${requestURI}: ${why}` });
  }

  /** Each once. */
  of(app: App): readonly string[] {
    const denials = this.#all.filter((denial) => denial.app === app && !this.#isWithdrawn(denial));
    return [...new Set(denials.map(({ text }) => text))].sort();
  }

  #noteTurn(line: AuditLine): void {
    const { resource, namespace = '', name = '' } = line.objectRef ?? {};
    const at = line.requestReceivedTimestamp;
    if (resource === 'namespaces' && line.verb === 'delete')
      for (const app of APPS) this.#turn(app, name, { at, has: false });
    if (resource === 'rolebindings') this.#noteBinding(line, namespace, name);
  }

  #noteBinding(line: AuditLine, namespace: string, name: string): void {
    const app = appOfBinding(name);
    const has = line.responseStatus?.code === CREATED;
    if (app && (has || line.verb === 'delete')) this.#turn(app, namespace, { at: line.requestReceivedTimestamp, has });
  }

  #turn(app: App, namespace: string, turn: Turn): void {
    const key = `${app} ${namespace}`;
    this.#turns.set(key, [...(this.#turns.get(key) ?? []), turn]);
  }

  #isWithdrawn({ app, namespace, at }: Denial): boolean {
    const before = (this.#turns.get(`${app} ${namespace}`) ?? []).filter((turn) => turn.at <= at);
    return before.sort((a, b) => a.at.localeCompare(b.at)).at(-1)?.has === false;
  }
}
