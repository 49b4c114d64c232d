import { get } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Connection } from '@sympozium/kube';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** What is asked of the real API server. */
export interface Questions {
  /** The JSON at a path, e.g. `openapi/v3/api/v1`. Rejects unless the answer is 200. */
  read<T>(path: string): Promise<T>;
  /** A list as a Table. */
  readTable<T>(path: string): Promise<T>;
}

/** The API server of a connection. */
export class ApiServer implements Questions {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  read<T>(path: string): Promise<T> {
    return this.#get<T>(path, 'application/json');
  }

  readTable<T>(path: string): Promise<T> {
    return this.#get<T>(path, TABLE);
  }

  async #get<T>(path: string, accept: string): Promise<T> {
    const { server, headers, ca, cert, key } = this.#connection;
    const sent = { ...(await headers?.(false)), accept };
    return new Promise((resolve, reject) => {
      get(`${server}/${path}`, { headers: sent, ca, cert, key }, (answer) => {
        if (answer.statusCode === 200) json(answer).then((body) => resolve(body as T), reject);
        else reject(new Error(`GET ${path} answers ${answer.statusCode}`));
      }).on('error', reject);
    });
  }
}
